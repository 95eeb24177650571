using Microsoft.Extensions.Logging;
using QLearning.Abstractions;
using QLearning.Abstractions.Input;
using QLearning.Client.Connection;
using QLearning.Client.Partitions;

namespace QLearning.Client.Updates;

/// <summary>Sends the updates of one agent type, each to the grain that owns its state.</summary>
internal sealed class UpdateSender : IDisposable
{
    private readonly UpdateNumbers _numbers = new();
    private readonly Lock _moving = new();
    private readonly Func<IAgentTypeGrain, PartSender> _part;
    private volatile PartSender[] _parts;

    public UpdateSender(
        string agentType, PartitionedTable table, ClusterCalls calls, UpdateSenderOptions options, ILogger logger, TimeProvider time)
    {
        _part = grain => new PartSender(agentType, grain, table, this, _numbers, calls, options, logger, time);
        _parts = [_part(table.Entry)];
        table.Changing = MoveTo;
    }

    /// <summary>Updates that may be lost with a silo, and those without an answer.</summary>
    public int UnsettledCount => _numbers.Count + _parts.Sum(part => part.WaitingCount);

    /// <summary>Sends transitions; returns what came of them.</summary>
    public Task<LearnResult[]> SendAsync(Transition[] batch, WriteMode mode, CancellationToken cancellationToken)
    {
        var parts = _parts;
        return parts.Length == 1
            ? parts[0].SendAsync(batch, mode, cancellationToken)
            : SplitAsync(parts, batch, (part, own) => part.SendAsync(own, mode, cancellationToken));
    }

    /// <summary>Sends Q-values; returns what came of them.</summary>
    public Task<LearnResult[]> SendAsync(QValueUpsert[] batch, WriteMode mode, CancellationToken cancellationToken)
    {
        var parts = _parts;
        return parts.Length == 1
            ? parts[0].SendAsync(batch, mode, cancellationToken)
            : SplitAsync(parts, batch, (part, own) => part.SendAsync(own, mode, cancellationToken));
    }

    /// <summary>Sends a batch that a part did not send because the table is split otherwise.</summary>
    public Task<LearnResult[]> SendBatchAsync(
        Transition[] transitions, QValueUpsert[] upserts, WriteMode mode, CancellationToken cancellationToken) => transitions.Length > 0
            ? SplitAsync(Parts(), transitions, (part, own) => part.SendBatchAsync(own, [], mode, cancellationToken))
            : SplitAsync(Parts(), upserts, (part, own) => part.SendBatchAsync([], own, mode, cancellationToken));

    /// <summary>Sends what a part has sent and got no answer for: it keeps its number, under which each grain learns what it owns.</summary>
    public Task<LearnResult[]> SendMovedAsync(SentUpdates sent, CancellationToken cancellationToken) => sent.Transitions.Length > 0
        ? SplitAsync(Parts(), sent.Transitions, (part, own) => part.SendAsync(sent.Part(own, []), cancellationToken))
        : SplitAsync(Parts(), sent.Upserts, (part, own) => part.SendAsync(sent.Part([], own), cancellationToken));

    /// <summary>Has the new owners keep what an old one acknowledged.</summary>
    public void TakeOver(PartSender old)
    {
        lock (_moving)
        {
            TakeOver(old, _parts);
        }
    }

    public void Dispose() => Array.ForEach(_parts, part => part.Dispose());

    private static StateKey StateOf(Transition transition) => transition.State.Key;

    private static StateKey StateOf(QValueUpsert upsert) => upsert.State.Key;

    private static void TakeOver(PartSender old, PartSender[] parts)
    {
        var acknowledged = old.Move();
        foreach (var sent in acknowledged)
        {
            foreach (var own in sent.Transitions.GroupBy(transition => TablePartition.IndexOf(StateOf(transition), parts.Length)))
            {
                parts[own.Key].Adopt(sent.Part([.. own], []));
            }

            foreach (var own in sent.Upserts.GroupBy(upsert => TablePartition.IndexOf(StateOf(upsert), parts.Length)))
            {
                parts[own.Key].Adopt(sent.Part([], [.. own]));
            }
        }

        old.GiveUp(acknowledged);
    }

    // Checked first: what one part refuses the others must not learn.
    private static async Task<LearnResult[]> SplitAsync(
        PartSender[] parts, Transition[] batch, Func<PartSender, Transition[], Task<LearnResult[]>> send)
    {
        InputCheck.Transitions(batch);
        return await PartitionedBatch.SendAsync(parts.Length, batch, StateOf, (index, own) => send(parts[index], own));
    }

    private static async Task<LearnResult[]> SplitAsync(
        PartSender[] parts, QValueUpsert[] batch, Func<PartSender, QValueUpsert[], Task<LearnResult[]>> send)
    {
        InputCheck.Upserts(batch);
        return await PartitionedBatch.SendAsync(parts.Length, batch, StateOf, (index, own) => send(parts[index], own));
    }

    private PartSender[] Parts()
    {
        // While the parts are being changed this waits for the new ones.
        lock (_moving)
        {
            return _parts;
        }
    }

    private void MoveTo(IAgentTypeGrain[] owners)
    {
        lock (_moving)
        {
            var old = _parts;
            var parts = Array.ConvertAll(owners, owner => _part(owner));
            Array.ForEach(old, part => TakeOver(part, parts));
            _parts = parts;
            _numbers.RemoveEmpty([.. parts.Select(part => part.Unsettled)]);
        }
    }
}
