using QLearning.Bench.Comparisons.Cases;

namespace QLearning.Bench.Comparisons;

/// <summary>All cases, in the order of the table.</summary>
internal static class ComparisonCases
{
    public static IReadOnlyList<IComparison> All { get; } =
    [
        new BestAction(),
        new BestActionMany(),
        new BestActionInside(),
        new SelectAction(),
        new Learn(),
        new LearnMany(),
        new LearnDurable("learn-durable", null, [Goal.Times("SQL", 2), Goal.P50("SQL", 1)]),
        new LearnDurable("learn-durable-200", 200, [Goal.Times("SQL", 5)]),
        new Flush(),
        new Trajectories(),
        new AgentStep(),
        new PatternSearch(),
        new QTableReads(),
        new Memory(),
        new Activation("activation-fleet", "18 agent types with 1,000 Q-values each made hot at once.", 200, Activation.FillFleetAsync),
        new Activation("activation-large", "An agent type with 1,000,000 Q-values made hot.", 3000, Activation.FillLargeAsync),
        new ManyTypes(),
        new Partitions(),
        new Scale(),
        new TelemetryCost(),
    ];
}
