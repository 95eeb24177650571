using System.Text.Json;
using System.Text.Json.Serialization;
using QLearning.Abstractions;
using QLearning.Grains.Trajectories;
using QLearning.Storage.Trajectories;

namespace QLearning.Grains.Agents;

/// <summary>Turns an agent's ended episode into the row that storage writes.</summary>
internal static class EpisodeRecords
{
    public static TrajectoryRecord From(EpisodeRun run, AgentTypeInfo type, AgentInfo agent)
    {
        var end = run.Ended!;
        var elapsed = run.EndedAt - run.Episode.StartedAt;
        var trajectory = new Trajectory
        {
            Id = run.Episode.Id,
            SessionId = agent.SessionId,
            TaskId = run.Episode.TaskId,
            Steps = run.Episode.Steps,
            FinalState = end.NextState,
            Success = end.Success,
            ErrorMessage = end.ErrorMessage,
            StartedAt = run.Episode.StartedAt,
            ExecutionTime = TimeSpan.FromTicks(Math.Clamp(elapsed.Ticks, 0, QLimits.MaxExecutionTime.Ticks)),
            MetadataJson = JsonSerializer.Serialize(new Metadata(agent.Instance, end.PatternsUsed.Count > 0 ? end.PatternsUsed : null)),
            RewardSource = end.RewardSource,
            Truncated = end is { Truncated: true, Done: false },
        };
        return TrajectoryRecords.From(trajectory, type, run.EndedAt) with { IsLearned = true };
    }

    private sealed record Metadata(
        [property: JsonPropertyName("agent_instance")] string AgentInstance,
        [property: JsonPropertyName("patterns_used"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        IReadOnlyList<Guid>? PatternsUsed);
}
