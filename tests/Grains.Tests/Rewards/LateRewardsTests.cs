using QLearning.Grains.Rewards;
using QLearning.Learning.QTables;
using QLearning.Learning.Rules;
using QLearning.Learning.Updates;
using QLearning.Storage.Rewards;

namespace QLearning.Grains.Tests.Rewards;

/// <summary>A late reward is in PostgreSQL or in memory, and whoever asks at whatever moment finds it in one of them.</summary>
public sealed class LateRewardsTests
{
    private static readonly long[] _number = [1];
    private static readonly DelayedReward _late = new() { State = Given.State("s"), Action = ActionKey.Parse("a"), Reward = 5 };

    [Fact]
    public async Task One_that_is_stored_while_PostgreSQL_looks_for_it_is_found()
    {
        using var clock = new CoarseClock(TimeProvider.System, TimeSpan.FromHours(1));
        var table = new QTable(clock, TimeSpan.FromDays(30)) { IsWhole = true };
        var type = new AgentTypeInfo { AgentType = "t", DisplayName = "T", LearningRate = 0.1, DiscountFactor = 0.9, ExplorationRate = 0 };
        var (learner, windows) = (new Learner(type), new ClientWindows(clock));
        learner.LearnMany(table, [Given.Last("s", "a", 1)], null, new UpdateNumbers(windows, Guid.NewGuid(), 1, _number));
        var store = new SlowStore();
        var rewards = new LateRewards("t", store, _ => throw new InvalidOperationException("No session is named."), TimeProvider.System);

        store.Answer();
        using (var first = await rewards.CheckAsync([_late]))
        {
            learner.LearnDelayed(table, [_late], new UpdateNumbers(windows, Guid.NewGuid(), 1, _number));
            rewards.Learned([(_late, first.Rows[_late])], table.NewestUpdate);
        }

        store.Hold();
        var asking = rewards.CheckAsync([_late]);
        // PostgreSQL looks at what was there before this commit.
        rewards.Stored(table.TakeChanges(int.MaxValue));
        store.Answer();
        using var second = await asking;
        Assert.True(second.IsRecorded(_late));
    }

    /// <summary>Finds nothing stored, as of the moment when it was asked.</summary>
    private sealed class SlowStore : ILateRewardStore
    {
        private TaskCompletionSource _answered = new();

        public void Hold() => _answered = new TaskCompletionSource();

        public void Answer() => _answered.TrySetResult();

        public async Task<IReadOnlyList<DelayedReward>> FindStoredAsync(
            string agentType, DelayedReward[] rewards, CancellationToken cancellationToken)
        {
            await _answered.Task;
            return [];
        }

        public Task<IReadOnlyDictionary<Guid, Guid?>> FindSessionsAsync(
            string agentType, Guid[] trajectories, CancellationToken cancellationToken) =>
            Task.FromResult<IReadOnlyDictionary<Guid, Guid?>>(new Dictionary<Guid, Guid?>());
    }
}
