using QLearning.Bench.Chaos.Faults;
using QLearning.Bench.Chaos.Roads;

namespace QLearning.Bench.Chaos;

/// <summary>How the cluster is called in a run.</summary>
/// <param name="Name">On the command line.</param>
/// <param name="Roads">The ways that updates take.</param>
/// <param name="Faults">The faults that make sense.</param>
internal sealed record ChaosFace(string Name, IReadOnlyList<IRoad> Roads, IReadOnlyList<IFault> Faults)
{
    /// <summary>By .NET clients and SQL.</summary>
    public static ChaosFace Client { get; } = new(
        "client",
        [
            new PlainRoad(), new MergedRoad(), new ManyRoad(), new AgentRoad(), new LateRewardRoad(), new RepartitionRoad(), new SqlRoad(),
            new LargeStateRoad(),
        ],
        [
            new KillOwner(), new RollingRestart(), new Hang(), new PostgresOutage(), new PostgresKill(),
            new BackendsTerminated(), new LostCommitAnswer(), new ClientRestart(),
            new Repartition(), new NetworkCut(), new FullDisk(),
        ]);

    /// <summary>Over HTTP, with a key for each request: no faults of .NET clients, nor those that need silos of another place.</summary>
    public static ChaosFace Http { get; } = new(
        "http",
        [new HttpLearnRoad(), new HttpEpisodeRoad()],
        [
            new KillOwner(), new RollingRestart(), new Hang(), new PostgresOutage(), new PostgresKill(), new BackendsTerminated(),
            new LostCommitAnswer(), new Repartition(),
        ]);

    /// <summary>All of them.</summary>
    public static IReadOnlyList<ChaosFace> All { get; } = [Client, Http];
}
