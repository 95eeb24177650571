using QLearning.Bench.Chaos;
using QLearning.Bench.Chaos.Faults;

namespace QLearning.Chaos.Tests;

/// <summary>
/// One round of each fault on silos in processes of their own: what was acknowledged is there, once. The long form is
/// <c>qlearn bench chaos</c>.
/// </summary>
public sealed class FaultTests(FaultTests.Fixture fixture) : IClassFixture<FaultTests.Fixture>
{
    public static TheoryData<string> Names() =>
        [.. PossibleFaults.All.Where(fault => fault.Obstacle is null).Select(fault => fault.Fault.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Nothing_acknowledged_is_lost_and_nothing_counts_twice(string name)
    {
        var round = await fixture.Run.RunAsync(ChaosRun.Faults.Single(one => one.Name == name), CancellationToken.None);
        Assert.Empty(round.Verdict.Findings);
        Assert.Equal((0, 0), (round.Verdict.Lost, round.Verdict.Doubled));
        Assert.InRange(round.Verdict.Acknowledged, LighterLoad.LeastCalls, long.MaxValue);
        // A road on which nothing is learned proves nothing.
        Assert.All(round.Verdict.Roads, road => Assert.True(road.Acknowledged > 0, $"Nothing was acknowledged on the road '{road.Road}'."));
    }

    [PossibleFaults]
    public void Every_fault_can_be_done_on_this_machine() => Assert.All(PossibleFaults.All, fault => Assert.Null(fault.Obstacle));

    public sealed class Fixture : IAsyncLifetime
    {
        private static readonly TimeSpan _outage = TimeSpan.FromSeconds(3);

        private ChaosRun? _run;

        internal ChaosRun Run => _run!;

        public async Task InitializeAsync() => _run = await ChaosRun.StartAsync(
            resendsNotDurable: true,
            _outage,
            CancellationToken.None,
            limitsDisk: PossibleFaults.All.Any(one => one is { Fault: FullDisk, Obstacle: null }),
            pauseFactor: LighterLoad.PauseFactor,
            missedProbes: LighterLoad.MissedProbes,
            enough: (LighterLoad.LeastCalls, 1));

        public async Task DisposeAsync() => await Run.DisposeAsync();
    }
}
