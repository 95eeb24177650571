using QLearning.Abstractions;
using QLearning.Grains.Input;

namespace QLearning.Grains.Trajectories;

/// <summary>The door of the history grain.</summary>
internal static class HistoryCheck
{
    public const int MaxRows = 1_000;

    private const int MaxTaskCharacters = 100;

    public static void Query(TrajectoryQuery query)
    {
        if (query is null)
        {
            throw InvalidInputException.For("query", null, "it is missing", "an agent type with what else is wanted");
        }

        AgentTypeKey.For(query.AgentType);
        TextCheck.Optional("task id", query.TaskId, MaxTaskCharacters);
        TextCheck.Optional("agent instance", query.Instance, AgentKey.MaxInstanceCharacters);
        if (query.Order is not (TrajectoryOrder.Recent or TrajectoryOrder.Best))
        {
            throw InvalidInputException.For("order", (int)query.Order, "it is unknown", "Recent or Best");
        }

        if (query.Limit is < 1 or > MaxRows)
        {
            throw InvalidInputException.For("limit", query.Limit, "it is out of range", $"1 to {MaxRows}");
        }
    }
}
