using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using QLearning.Abstractions;
using QLearning.Learning.Episodes;
using QLearning.Storage.Trajectories;

namespace QLearning.Grains.Trajectories;

/// <summary>Turns episodes into the rows that storage writes.</summary>
internal static class TrajectoryRecords
{
    private const string Immediate = "immediate";
    private const string Terminal = "terminal";
    private const string Truncated = "truncated";

    public static TrajectoryRecord[] From(IEnumerable<Trajectory> trajectories, AgentTypeInfo type, DateTimeOffset now) =>
        [.. trajectories.Select(trajectory => From(trajectory, type, now))];

    public static TrajectoryRecord From(Trajectory trajectory, AgentTypeInfo type, DateTimeOffset now)
    {
        var steps = trajectory.Steps;
        double[] rewards = [.. steps.Select(step => step.Reward)];
        return new TrajectoryRecord
        {
            Id = trajectory.Id,
            AgentType = type.AgentType,
            SessionId = trajectory.SessionId,
            TaskId = trajectory.TaskId,
            InitialState = Json(steps[0].State),
            FinalState = Json(trajectory.FinalState),
            ActionsTaken = JsonArray(steps.Select(step => Json(step.Action))),
            StatesVisited = JsonArray(steps.Select(step => Json(step.State))),
            StepRewards = JsonArray(rewards.Select(reward => reward.ToString("R", CultureInfo.InvariantCulture))),
            TotalReward = rewards.Sum(),
            DiscountedReward = trajectory.DiscountedReward ?? DiscountedReturn.Of(rewards, type.DiscountFactor),
            ExecutionTime = trajectory.ExecutionTime,
            Success = trajectory.Success,
            ErrorMessage = trajectory.ErrorMessage,
            StartedAt = trajectory.StartedAt,
            CompletedAt = now,
            ExpiresAt = now + TimeSpan.FromDays(type.Settings.TtlDays),
            Metadata = Metadata(trajectory),
            RewardSource = trajectory.RewardSource,
            Rewards = [.. steps.Select((step, i) => new RewardRecord(
                step.State.Key.ToString(), step.Action.Key.ToString(), step.Reward, i == steps.Count - 1 ? Terminal : Immediate))],
        };
    }

    private static string Metadata(Trajectory trajectory)
    {
        var given = trajectory.MetadataJson ?? "{}";
        if (!trajectory.Truncated)
        {
            return given;
        }

        var metadata = JsonNode.Parse(given)!.AsObject();
        metadata[Truncated] = true;
        return metadata.ToJsonString();
    }

    private static string Json(State state) => state.Json ?? JsonSerializer.Serialize(state.Key.ToString());

    private static string Json(AgentAction action) => action.Json ?? JsonSerializer.Serialize(action.Key.ToString());

    private static string JsonArray(IEnumerable<string> items) => new StringBuilder("[").AppendJoin(',', items).Append(']').ToString();
}
