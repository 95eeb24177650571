using QLearning.Abstractions;

namespace QLearning.Client.QTables;

/// <summary>What the partitions of a Q-table hold together.</summary>
internal static class PartitionStatistics
{
    /// <summary>Adds what another partition holds.</summary>
    public static AgentTypeStatistics Add(AgentTypeStatistics sum, AgentTypeStatistics partition) => sum with
    {
        States = sum.States + partition.States,
        QValues = sum.QValues + partition.QValues,
        Actions = Math.Max(sum.Actions, partition.Actions),
        Visits = sum.Visits + partition.Visits,
        IsWhole = sum.IsWhole && partition.IsWhole,
        Backlog = sum.Backlog + partition.Backlog,
        Updates = sum.Updates + partition.Updates,
        Flushed = sum.Flushed + partition.Flushed,
    };
}
