using QLearning.Bench.Chaos;

namespace QLearning.Chaos.Tests;

/// <summary>
/// One round of each fault on silos in processes of their own: what was acknowledged is there, once. The long form is
/// <c>qlearn bench chaos</c>.
/// </summary>
public sealed class FaultTests(FaultTests.Fixture fixture) : IClassFixture<FaultTests.Fixture>
{
    private const string NetworkCut = "network-cut";

    public static TheoryData<string> Names() => [.. ChaosRun.Faults.Select(fault => fault.Name).Except([NetworkCut])];

    [Theory]
    [MemberData(nameof(Names))]
    public Task Nothing_acknowledged_is_lost_and_nothing_counts_twice(string name) => InjectAsync(name);

    [FaultFact(NetworkCut)]
    public Task Nothing_acknowledged_is_lost_and_nothing_counts_twice_when_the_network_is_cut() => InjectAsync(NetworkCut);

    private async Task InjectAsync(string name)
    {
        var fault = ChaosRun.Faults.Single(one => one.Name == name);
        Assert.Null(await fault.FindObstacleAsync(CancellationToken.None));
        var round = await fixture.Run.RunAsync(fault, CancellationToken.None);
        Assert.Empty(round.Verdict.Findings);
        Assert.Equal((0, 0), (round.Verdict.Lost, round.Verdict.Doubled));
        Assert.InRange(round.Verdict.Acknowledged, 500, long.MaxValue);
    }

    public sealed class Fixture : IAsyncLifetime
    {
        private static readonly TimeSpan _outage = TimeSpan.FromSeconds(5);

        private ChaosRun? _run;

        internal ChaosRun Run => _run!;

        public async Task InitializeAsync() => _run = await ChaosRun.StartAsync(resendsUndurable: true, _outage, CancellationToken.None);

        public async Task DisposeAsync() => await Run.DisposeAsync();
    }
}
