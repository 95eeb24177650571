using QLearning.Bench.Chaos;

namespace QLearning.Chaos.Tests;

/// <summary>
/// Requests over HTTP with keys, repeated on other silos until they are answered, under faults: each that was answered counts once. The
/// long form is <c>qlearn bench chaos --face http</c>.
/// </summary>
public sealed class HttpFaultTests(HttpFaultTests.Fixture fixture) : IClassFixture<HttpFaultTests.Fixture>
{
    private const int Roads = 7;

    [Theory]
    [InlineData("kill")]
    [InlineData("rolling-restart")]
    [InlineData("postgres-kill")]
    public async Task What_was_answered_counts_once(string name)
    {
        var round = await fixture.Run.RunAsync(ChaosFace.Http.Faults.Single(one => one.Name == name), CancellationToken.None);
        Assert.Empty(round.Verdict.Findings);
        Assert.Equal((0, 0), (round.Verdict.Lost, round.Verdict.Doubled));
        // A road on which nothing is learned proves nothing.
        Assert.All(round.Verdict.Roads, road => Assert.True(road.Acknowledged > 0, $"Nothing was acknowledged on the road '{road.Road}'."));
        Assert.Equal(Roads, round.Verdict.Roads.Count);
    }

    public sealed class Fixture : IAsyncLifetime
    {
        private static readonly TimeSpan _outage = TimeSpan.FromSeconds(2);

        private ChaosRun? _run;

        internal ChaosRun Run => _run!;

        public async Task InitializeAsync() => _run = await ChaosRun.StartAsync(
            resendsNotDurable: true,
            _outage,
            CancellationToken.None,
            face: ChaosFace.Http,
            pauseFactor: LighterLoad.PauseFactor,
            missedProbes: LighterLoad.MissedProbes,
            enough: (1, Roads));

        public async Task DisposeAsync() => await Run.DisposeAsync();
    }
}
