using QLearning.Abstractions;

namespace QLearning.Grains.Agents;

/// <summary>What was reported of a step: reported again it must be the same, since what it taught is not taken back.</summary>
/// <param name="Reward">The reward.</param>
/// <param name="NextState">The state that followed; null: not remembered, of an episode that was restored.</param>
/// <param name="EndsEpisode">Whether it was the last step.</param>
/// <param name="IsDone">Whether nothing followed.</param>
/// <param name="Success">Whether the task succeeded; true while the episode goes on.</param>
internal sealed record ReportedOutcome(
    double Reward, StateKey? NextState, bool EndsEpisode = false, bool IsDone = false, bool Success = true)
{
    public static ReportedOutcome Of(Observation observation) => new(
        observation.Reward,
        observation.NextState.Key,
        observation.EndsEpisode,
        observation.Done,
        !observation.EndsEpisode || observation.Success);

    /// <summary>Whether an observation reports this again.</summary>
    public bool IsRepeatedBy(Observation observation)
    {
        var again = Of(observation);
        return again with { NextState = NextState is null ? null : again.NextState } == this;
    }

    /// <summary>Whether an observation adds to this only that the episode ended with it.</summary>
    public bool IsEndedBy(Observation observation) =>
        !EndsEpisode && observation.EndsEpisode && (Reward, NextState) == (observation.Reward, observation.NextState.Key);

    public override string ToString() => FormattableString.Invariant($"the reward {Reward}")
        + (NextState is { } next ? $" and the next state '{next}'" : "")
        + (IsDone ? ", done" : EndsEpisode ? ", truncated" : "")
        + (Success ? "" : ", without success");
}
