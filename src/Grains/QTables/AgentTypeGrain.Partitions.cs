using QLearning.Abstractions;
using QLearning.Grains.Partitions;
using QLearning.Learning.QTables;
using QLearning.Learning.Rules;

namespace QLearning.Grains.QTables;

/// <summary>How the grains of a split table work together: part 0 takes any call and asks the owners; the others answer for what they own.</summary>
internal sealed partial class AgentTypeGrain : ITablePartitionGrain
{
    private static readonly TimeSpan _letGoLimit = TimeSpan.FromSeconds(5);

    public async ValueTask<AgentTypeStatistics> GetStatistics()
    {
        var hot = await HotAsync();
        var others = await UnlessFencedAsync(hot, Task.WhenAll(OtherParts(hot.Part).Select(part => part.GetStatistics().AsTask())));
        return others.Aggregate(PartStatistics.Of(hot, RuntimeIdentity), PartStatistics.Add);
    }

    public async Task<LearnResult[]> LearnDelayed(DelayedReward[] rewards)
    {
        var hot = await HotAsync();
        RequireOwned(hot.Part, rewards.Select(reward => reward.State));
        return await LearnOwnDelayedAsync(hot, rewards);
    }

    public async Task LetGo(int count)
    {
        if (_hot is not { Flusher.IsFenced: false } hot || hot.Part.Count == count)
        {
            return;
        }

        await UntilStopAsync(hot.Flusher.LetGoAsync(_letGoLimit, time));
        if (_hot != hot)
        {
            // Another call had it let go meanwhile.
            return;
        }

        logger.LetGo(this.GetPrimaryKeyString(), hot.Part.Count, count);
        // The next call loads what is owned then. The activation stays: while it ended, its calls to other parts would wait for whoever takes
        // the rows, and that one for the answer of this.
        (_hot, _loading) = (null, null);
    }

    /// <summary>Has the owner of a part, as the table was split before, write what it has.</summary>
    private async Task LetGoAsync(TablePartition part)
    {
        try
        {
            await Part<ITablePartitionGrain>(part).LetGo(part.Count).WaitAsync(_letGoLimit, time, _stopping.Token);
        }
        catch (Exception error) when (error is TimeoutException or OrleansException or QLearningException)
        {
            // It is fenced all the same; what it has not written its clients send again.
            logger.NotLetGo(error, part.Owner.ToString(), part.Count);
        }
    }

    /// <summary>The grain to ask for a part. Only part 0 passes calls on, so that none can go round in circles while the table is split anew.</summary>
    private IAgentTypeGrain Owner(TablePartition part) => Key.Partition == 0
        ? Part<IAgentTypeGrain>(part)
        : throw HotTableFactory.SplitOtherwise(Key, part.Count);

    /// <summary>For part 0, which answers for all, the grains of the others; for those there are none.</summary>
    private IEnumerable<IAgentTypeGrain> OtherParts(TablePartition own) => own.Index == 0
        ? Enumerable.Range(1, own.Count - 1).Select(index => Part<IAgentTypeGrain>(own with { Index = index }))
        : [];

    private T Part<T>(TablePartition part)
        where T : IGrainWithStringKey => GrainFactory.GetGrain<T>(part.Owner.ToString());

    /// <summary>
    /// Waits for other parts. A call that changes nothing gives up when this part lost its rows: its activation ends only after its calls, and
    /// who is asked may wait for that.
    /// </summary>
    /// <exception cref="FencedException">The rows were let go.</exception>
    private async Task UnlessFencedAsync(HotTable hot, Task work)
    {
        await UntilStopAsync(Task.WhenAny(work, hot.Flusher.WhenFenced));
        await (work.IsCompleted ? work : throw hot.Flusher.FencedError());
    }

    /// <inheritdoc cref="UnlessFencedAsync(HotTable, Task)" />
    private async Task<T> UnlessFencedAsync<T>(HotTable hot, Task<T> work)
    {
        await UnlessFencedAsync(hot, (Task)work);
        return await work;
    }

    private void RequireOwned(TablePartition part, IEnumerable<StateKey> states)
    {
        if (!states.All(part.Owns))
        {
            throw HotTableFactory.SplitOtherwise(Key, part.Count);
        }
    }

    /// <summary>Reads next states that other grains own, and takes them out of the states to be loaded here.</summary>
    /// <returns>Their Q-values as they are now; null when there are none.</returns>
    private async Task<QTable?> ReadElsewhereAsync(HotTable hot, HashSet<StateKey> states)
    {
        var part = hot.Part;
        StateKey[] others = part.IsSplit ? [.. states.Where(state => !part.Owns(state))] : [];
        if (others.Length == 0)
        {
            return null;
        }

        states.ExceptWith(others);
        var reading = PartitionedBatch.SendAsync(
            part.Count,
            others,
            static state => state,
            (index, own) => Part<IAgentTypeGrain>(part with { Index = index }).GetQValuesMany(own).AsTask());
        var table = factory.Elsewhere();
        foreach (var (state, values) in others.Zip(await UnlessFencedAsync(hot, reading)))
        {
            foreach (var value in values)
            {
                table.Load(new StoredQValue(
                    1, state, value.Action, value.ActionJson, value.Value, value.VisitCount, value.Confidence, value.Uncertainty, null));
            }
        }

        return table;
    }

    private async Task<LearnResult[]> LearnDelayedAsync(HotTable hot, DelayedReward[] rewards)
    {
        if (!hot.Part.IsSplit)
        {
            return await LearnOwnDelayedAsync(hot, rewards);
        }

        await RequireLearnedAsync(rewards);
        return await PartitionedBatch.SendAsync(
            hot.Part.Count,
            rewards,
            static reward => reward.State,
            (index, own) => index == hot.Part.Index
                ? LearnOwnDelayedAsync(hot, own)
                : Part<ITablePartitionGrain>(hot.Part with { Index = index }).LearnDelayed(own));
    }

    private async Task<LearnResult[]> LearnOwnDelayedAsync(HotTable hot, DelayedReward[] rewards)
    {
        await UntilStopAsync(hot.EnsureHotAsync(rewards.Select(reward => reward.State)));
        var learned = hot.LearnDelayed(rewards);
        await UntilStopAsync(hot.Flusher.CommitAsync());
        return learned;
    }

    /// <summary>Refuses rewards of what was never learned before any part learns from the others.</summary>
    private async Task RequireLearnedAsync(DelayedReward[] rewards)
    {
        var known = await GetQValuesMany(Array.ConvertAll(rewards, reward => reward.State));
        for (var i = 0; i < rewards.Length; i++)
        {
            if (known[i].All(value => value.Action != rewards[i].Action))
            {
                throw Learner.NeverLearned(rewards[i], i);
            }
        }
    }
}
