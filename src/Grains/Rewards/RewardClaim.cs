using QLearning.Abstractions;
using QLearning.Storage.WriteBehind;

namespace QLearning.Grains.Rewards;

/// <summary>What makes a late reward count once: its id for one state and action.</summary>
internal readonly record struct RewardKey(Guid Id, StateKey State, ActionKey Action)
{
    public static RewardKey Of(DelayedReward reward) => new(reward.Id, reward.State, reward.Action);
}

/// <summary>What is known of late rewards that are about to be learned. Until it is disposed of no other call learns them.</summary>
internal sealed class RewardClaim(LateRewards rewards, RewardKey[] keys) : IDisposable
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when it is disposed of.</summary>
    public Task Ended => _ended.Task;

    /// <summary>The rows to store.</summary>
    public Dictionary<DelayedReward, RewardWrite> Rows { get; } = new(ReferenceEqualityComparer.Instance);

    /// <summary>Why some must be refused.</summary>
    public Dictionary<DelayedReward, QLearningException> Problems { get; } = new(ReferenceEqualityComparer.Instance);

    /// <summary>Those that are stored, or were learned before they were claimed.</summary>
    public HashSet<DelayedReward> Recorded { get; } = new(ReferenceEqualityComparer.Instance);

    /// <summary>True when a reward was recorded before: it is stored, or learned and on its way.</summary>
    public bool IsRecorded(DelayedReward reward) => Recorded.Contains(reward) || rewards.IsLearned(RewardKey.Of(reward));

    /// <summary>The place among all updates of a reward that was recorded before; null: it is stored. What is only learned is not durable yet.</summary>
    public long? PlaceOf(DelayedReward reward) => rewards.PlaceOf(RewardKey.Of(reward));

    public void Dispose()
    {
        rewards.Release(keys);
        _ended.TrySetResult();
    }
}
