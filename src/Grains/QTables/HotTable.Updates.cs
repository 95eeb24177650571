using QLearning.Abstractions;
using QLearning.Abstractions.Input;
using QLearning.Grains.Rewards;
using QLearning.Learning.QTables;
using QLearning.Learning.Rules;
using QLearning.Learning.Updates;
using QLearning.Storage.WriteBehind;

namespace QLearning.Grains.QTables;

/// <summary>
/// The one way to change a Q-value: numbered updates, in groups that are learned all or none. An update whose number was learned before is
/// not learned again, and a late reward is not that was recorded before.
/// </summary>
internal sealed partial class HotTable
{
    /// <summary>Learns a batch; when it asks for that, it is durable when this ends.</summary>
    /// <param name="batch">A batch that was checked.</param>
    /// <param name="elsewhere">An empty table for the batch's next states that other partitions own; null when it has none.</param>
    /// <exception cref="NotOwnerException">Another partition owns a state.</exception>
    /// <exception cref="FencedException">A newer owner has the rows, or soon will.</exception>
    /// <exception cref="StorageUnavailableException">PostgreSQL cannot be asked; nothing was learned.</exception>
    public async Task<UpdateResult> ApplyAsync(UpdateBatch batch, QTable? elsewhere)
    {
        UpdateResult result;
        try
        {
            var states = Partition.IsPartitioned || !Table.IsWhole ? Touched(batch, elsewhere) : null;
            if (batch.Owner != Guid.Empty && batch.Owner != Owner.Id)
            {
                return new UpdateResult { Owner = Owner.Id, Durable = Table.DurableUpdate };
            }

            result = await LearnWhenFreeAsync(batch, elsewhere, states);
        }
        catch (FencedException error)
        {
            Meter.Refused(error, batch.Groups.Sum(static group => group.Count));
            throw;
        }

        AfterChange();
        return IsDurable(batch.Mode) ? await WhenDurableAsync(batch, result) : result;
    }

    private bool IsDurable(WriteMode mode) => (mode == WriteMode.AgentTypeDefault ? Type.Settings.WriteMode : mode) == WriteMode.Durable;

    /// <summary>The states that must be in memory; next states of other partitions must come with the batch.</summary>
    private HashSet<StateKey> Touched(UpdateBatch batch, QTable? elsewhere)
    {
        var states = new HashSet<StateKey>();
        foreach (var group in batch.Groups)
        {
            for (var i = 0; i < group.Count; i++)
            {
                Require(Partition.Owns(group.StateAt(i)));
                states.Add(group.StateAt(i));
            }
        }

        foreach (var next in batch.NextStates)
        {
            elsewhere!.LoadEmpty(next.State);
            foreach (var value in next.Values)
            {
                elsewhere.Load(new StoredQValue(
                    1,
                    next.State,
                    value.Action,
                    value.ActionJson,
                    value.Value,
                    value.VisitCount,
                    value.Confidence,
                    value.Uncertainty,
                    null));
            }
        }

        foreach (var transition in batch.Groups.SelectMany(group => group.Transitions))
        {
            if (transition is { Done: false, NextState: { } next } && elsewhere?.Contains(next.Key) != true)
            {
                Require(Partition.Owns(next.Key));
                states.Add(next.Key);
            }
        }

        return states;
    }

    private void Require(bool owns)
    {
        if (!owns)
        {
            throw new NotOwnerException(Owner.Key, Partition.Count);
        }
    }

    private static bool HasRewards(UpdateBatch batch) => Array.Exists(batch.Groups, static group => group.Rewards.Length > 0);

    private Task<RewardClaim> CheckRewardsAsync(UpdateBatch batch) =>
        rewards.CheckAsync([.. batch.Groups.SelectMany(group => group.Rewards)]);

    private UpdateResult Apply(UpdateBatch batch, QTable? elsewhere, RewardClaim? late)
    {
        clients.Settle(batch.ClientId, batch.SettledBelow);
        var work = new Work(batch, elsewhere, late, new LearnResult[batch.Groups.Sum(static group => group.Count)]);
        List<UpdateRefusal> refusals = [];
        WriteBacklogFullException? full = null;
        var start = 0;
        for (var i = 0; i < batch.Groups.Length; start += batch.Groups[i++].Count)
        {
            if (full is not null)
            {
                // What was learned in an order by another owner is learned in that order again: a smaller group does not go ahead.
                refusals.Add(new UpdateRefusal(i, full));
                continue;
            }

            try
            {
                Apply(work, batch.Groups[i], start);
            }
            catch (Exception error) when (error is InvalidInputException or WriteBacklogFullException or UnknownSessionException)
            {
                Meter.Refused((QLearningException)error, batch.Groups[i].Count);
                refusals.Add(new UpdateRefusal(i, (QLearningException)error));
                full = batch.IsResent ? error as WriteBacklogFullException : null;
            }
        }

        return new UpdateResult
        {
            Owner = Owner.Id,
            Durable = Table.DurableUpdate,
            Results = work.Results,
            Refusals = [.. refusals],
            Recorded = [.. work.Recorded],
        };
    }

    private void Apply(Work work, UpdateGroup group, int start)
    {
        // Nearly always all: what is walked through here is what every update costs.
        var fresh = clients.AreNew(work.Batch.ClientId, group.NumberAt(0), work.Batch.SettledBelow) && group.Rewards.Length == 0
            ? null
            : FindFresh(work, group, start);
        Meter.Counts.Repeated += fresh is null ? 0 : group.Count - fresh.Count;
        if (fresh is { Count: 0 })
        {
            return;
        }

        var picked = fresh is null ? group : group.Pick(fresh);
        CheckChange(work.Batch, picked);
        var updates = Learn(work, picked);
        var first = Table.NewestUpdate - updates.Length + 1;
        for (var i = 0; i < updates.Length; i++)
        {
            work.Results[start + (fresh is null ? i : fresh[i])] =
                new LearnResult(updates[i].QValue, updates[i].VisitCount, updates[i].TdError, Owner.Epoch, first + i);
        }

        Meter.Learned(picked, Type.Settings.LearningRule, IsDurable(work.Batch.Mode), updates);
        Updates += updates.Length;
    }

    /// <summary>The updates of a group that are still to be learned; what the others did is answered.</summary>
    private List<int> FindFresh(Work work, UpdateGroup group, int start)
    {
        var (client, settledBelow) = (work.Batch.ClientId, work.Batch.SettledBelow);
        var settled = clients.SettledBelow(client);
        if (!work.Batch.IsResent && group.NumberAt(0) < settled)
        {
            // Told that it was learned before, an agent would store a step that its caller gave up.
            throw InvalidInputException.For(
                "update", group.NumberAt(0), "its client has settled or given up that number", $"{settled} or more");
        }

        var fresh = new List<int>(group.Count);
        for (var i = 0; i < group.Count; i++)
        {
            if (clients.Contains(client, group.NumberAt(i), settledBelow))
            {
                var number = group.NumberAt(i);
                var isStored = clients.IsStored(client, number);
                // Of what is settled that says nothing: its client may have given it up while it waits.
                var version = isStored && number >= settled
                    ? 0
                    : work.PlaceOf(number, Table) ?? (isStored ? 0 : Table.NewestUpdate);
                work.Results[start + i] = Known(group.StateAt(i), group.ActionAt(i), version);
            }
            else if (group.Rewards.Length > 0 && work.Late!.IsRecorded(group.Rewards[i]))
            {
                work.Results[start + i] = Known(group.StateAt(i), group.ActionAt(i), work.Late.PlaceOf(group.Rewards[i]) ?? 0);
                work.Recorded.Add(start + i);
            }
            else
            {
                fresh.Add(i);
            }
        }

        return fresh;
    }

    private Update[] Learn(Work work, UpdateGroup group)
    {
        var numbers = new long[group.Count];
        for (var i = 0; i < numbers.Length; i++)
        {
            numbers[i] = group.NumberAt(i);
        }

        var known = new UpdateNumbers(clients, work.Batch.ClientId, work.Batch.SettledBelow, numbers);
        return group.Transitions.Length > 0 ? _learner.LearnMany(Table, group.Transitions, work.Elsewhere, known)
            : group.Upserts.Length > 0 ? _learner.UpsertMany(Table, group.Upserts, known)
            : LearnRewards(work.Late!, group.Rewards, known, work.Batch.IsResent);
    }

    private Update[] LearnRewards(RewardClaim late, DelayedReward[] some, UpdateNumbers numbers, bool isResent)
    {
        if (some.Select(late.Problems.GetValueOrDefault).FirstOrDefault(problem => problem is not null) is { } problem)
        {
            throw problem;
        }

        var updates = _learner.LearnDelayed(Table, some, numbers, isResent);
        rewards.Learned([.. some.Select(reward => (reward, late.Rows[reward]))], Table.NewestUpdate);
        return updates;
    }

    private void CheckChange(UpdateBatch batch, UpdateGroup group)
    {
        if (!batch.IsResent)
        {
            AgentTypeCheck.Active(Type);
        }

        if (clients.CountAbove(batch.ClientId) >= QLimits.MaxUnsettled)
        {
            throw InvalidInputException.For(
                "settled number",
                batch.SettledBelow,
                $"the client {batch.ClientId} has too many updates above it",
                $"at most {QLimits.MaxUnsettled}");
        }

        var bytes = (long)group.Rewards.Length * RewardWrite.ByteCount;
        foreach (var transition in group.Transitions)
        {
            bytes += transition.State.Json?.Length ?? 0;
        }

        foreach (ref readonly var upsert in group.Upserts.AsSpan())
        {
            bytes += upsert.State.Json?.Length ?? 0;
        }

        Flusher.CheckRoom(group.Count, bytes);
    }

    private LearnResult Known(StateKey state, ActionKey action, long version)
    {
        // Expired or deleted since it was learned: nothing is left of it.
        return Table.TryGet(state, action, out var entry)
            ? new LearnResult(entry.QValue, entry.VisitCount, 0, Owner.Epoch, version)
            : new LearnResult(0, 0, 0, Owner.Epoch, version);
    }

    private void AfterChange()
    {
        Meter.Counts.Evicted += Table.Evict(MaxStates);
        Flusher.Changed();
    }

    /// <summary>Waits for the commit of each group. One that was learned before may be on its way still.</summary>
    private async Task<UpdateResult> WhenDurableAsync(UpdateBatch batch, UpdateResult result)
    {
        var commits = new List<(int Group, Task<QLearningException?> Commit)>();
        var start = 0;
        for (var i = 0; i < batch.Groups.Length; i++)
        {
            var versions = result.Results!.AsSpan(start, batch.Groups[i].Count).ToArray().Where(learned => learned.Version > 0).ToArray();
            if (versions.Length > 0)
            {
                commits.Add((i, Flusher.CommitAsync(versions.Min(learned => learned.Version), versions.Max(learned => learned.Version))));
            }

            start += batch.Groups[i].Count;
        }

        try
        {
            // Each is awaited in a turn of the grain.
            await Task.WhenAll(commits.Select(async commit => await commit.Commit));
        }
        catch (StorageUnavailableException error)
        {
            return result with { Durable = Table.DurableUpdate, NotDurable = error.Message };
        }

        var refusals = commits.Where(commit => commit.Commit.Result is not null)
            .Select(commit => new UpdateRefusal(commit.Group, commit.Commit.Result!));
        return result with { Durable = Table.DurableUpdate, Refusals = [.. result.Refusals, .. refusals] };
    }

    /// <summary>A batch while it is learned.</summary>
    private sealed record Work(UpdateBatch Batch, QTable? Elsewhere, RewardClaim? Late, LearnResult[] Results)
    {
        private IReadOnlyDictionary<long, long>? _unstored;

        /// <summary>The places of late rewards that were recorded before.</summary>
        public List<int> Recorded { get; } = [];

        /// <summary>
        /// The place among all updates of one that was learned before and waits to be stored, which may be settled all the same: its client
        /// has given it up. Looked up once for the batch.
        /// </summary>
        public long? PlaceOf(long number, QTable table) =>
            (_unstored ??= table.UnstoredUpdatesOf(Batch.ClientId)).TryGetValue(number, out var place) ? place : null;
    }
}
