using QLearning.Abstractions;
using QLearning.Grains.QTables;

namespace QLearning.Grains.Partitions;

/// <summary>What a part of a Q-table holds, and what all do together.</summary>
internal static class PartStatistics
{
    public static AgentTypeStatistics Of(HotTable hot, string silo) => new()
    {
        AgentType = hot.Type.AgentType,
        States = hot.Table.StateCount,
        QValues = hot.Table.QValueCount,
        Actions = hot.Table.Actions.Count,
        Visits = hot.Table.VisitTotal,
        IsWhole = hot.Table.IsWhole,
        Backlog = hot.Table.BacklogCount,
        Updates = hot.Updates,
        Flushed = hot.Flusher.Written,
        Epoch = hot.Epoch,
        Watermark = hot.Flusher.Watermark,
        Silo = silo,
        Partitions = hot.Part.Count,
    };

    public static AgentTypeStatistics Add(AgentTypeStatistics sum, AgentTypeStatistics part) => sum with
    {
        States = sum.States + part.States,
        QValues = sum.QValues + part.QValues,
        Actions = Math.Max(sum.Actions, part.Actions),
        Visits = sum.Visits + part.Visits,
        IsWhole = sum.IsWhole && part.IsWhole,
        Backlog = sum.Backlog + part.Backlog,
        Updates = sum.Updates + part.Updates,
        Flushed = sum.Flushed + part.Flushed,
    };
}
