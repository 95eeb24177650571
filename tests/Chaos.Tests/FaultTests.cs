using QLearning.Bench.Chaos;
using Xunit.Abstractions;

namespace QLearning.Chaos.Tests;

/// <summary>
/// One round of each fault on silos in processes of their own: what was acknowledged is there, once. The long form is
/// <c>qlearn bench chaos</c>.
/// </summary>
public sealed class FaultTests(FaultTests.Fixture fixture, ITestOutputHelper output) : IClassFixture<FaultTests.Fixture>
{
    public static TheoryData<string> Names() => [.. ChaosRun.Faults.Select(fault => fault.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Nothing_acknowledged_is_lost_and_nothing_counts_twice(string name)
    {
        var fault = ChaosRun.Faults.Single(one => one.Name == name);
        if (await fault.FindObstacleAsync(CancellationToken.None) is { } obstacle)
        {
            output.WriteLine($"{name} cannot be done here: {obstacle}");
            return;
        }

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
