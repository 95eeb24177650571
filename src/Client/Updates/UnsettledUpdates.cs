using QLearning.Abstractions;

namespace QLearning.Client.Updates;

/// <summary>
/// What a client has sent to one grain and what may not be durable yet, in the order of sending. Safe for several threads.
/// </summary>
internal sealed class UnsettledUpdates
{
    private readonly Lock _lock = new();
    private readonly LinkedList<SentUpdates> _sent = new();
    private readonly Queue<SentUpdates> _acknowledged = new();
    private long _lastSequence;

    /// <summary>Updates that may be lost with a silo, and those without an answer.</summary>
    public int Count { get; private set; }

    /// <summary>True when something was acknowledged that may not be durable.</summary>
    public bool HasAcknowledged
    {
        get
        {
            lock (_lock)
            {
                return OldestAcknowledged() is not null;
            }
        }
    }

    /// <summary>Numbers a batch; null when there is no room for it.</summary>
    public SentUpdates? TryAdd(Transition[] transitions, QValueUpsert[] upserts, WriteMode mode, int maxUpdates)
    {
        lock (_lock)
        {
            if (Count > 0 && Count + transitions.Length + upserts.Length > maxUpdates)
            {
                return null;
            }

            var sent = new SentUpdates(++_lastSequence, transitions, upserts, mode);
            sent.Place = _sent.AddLast(sent);
            Count += sent.Count;
            return sent;
        }
    }

    /// <summary>The batch as it is sent now.</summary>
    /// <param name="sent">The batch.</param>
    /// <param name="client">The sender.</param>
    /// <param name="epoch">The activation that it is meant for; null: the one that acknowledged the oldest update that may not be durable.</param>
    public UpdateBatch ToBatch(SentUpdates sent, Guid client, long? epoch)
    {
        lock (_lock)
        {
            return new UpdateBatch
            {
                ClientId = client,
                Sequence = sent.Sequence,
                SettledBelow = _sent.First is { } first ? Math.Min(first.Value.Sequence, sent.Sequence) : sent.Sequence,
                Epoch = epoch ?? OldestAcknowledged()?.Epoch ?? 0,
                Transitions = sent.Transitions,
                Upserts = sent.Upserts,
                Mode = sent.Mode,
            };
        }
    }

    /// <summary>Notes an answer.</summary>
    public void Acknowledge(SentUpdates sent, UpdateResult answer)
    {
        lock (_lock)
        {
            var isNew = sent.Epoch == 0;
            (sent.Epoch, sent.Version) = (answer.Epoch, answer.Results!.Max(result => result.Version));
            if (isNew)
            {
                _acknowledged.Enqueue(sent);
            }

            SettleDurable(answer.Epoch, answer.Watermark);
        }
    }

    /// <summary>Notes what is durable.</summary>
    public void Settle(Durability durability)
    {
        lock (_lock)
        {
            SettleDurable(durability.Epoch, durability.Watermark);
        }
    }

    /// <summary>A batch that will not be sent again: refused, or without an answer for too long.</summary>
    public void GiveUp(SentUpdates sent)
    {
        lock (_lock)
        {
            Settle(sent);
        }
    }

    /// <summary>What an older activation acknowledged and may not have made durable, in the order of sending.</summary>
    public SentUpdates[] AcknowledgedBefore(long epoch)
    {
        lock (_lock)
        {
            return [.. _acknowledged.Where(sent => !sent.IsSettled && sent.Epoch < epoch).OrderBy(sent => sent.Sequence)];
        }
    }

    private void SettleDurable(long epoch, long watermark)
    {
        // Answers come nearly in the order of versions: one that is late holds up those behind it only until the watermark has passed it.
        while (OldestAcknowledged() is { } oldest && oldest.Epoch == epoch && oldest.Version <= watermark)
        {
            Settle(oldest);
        }
    }

    private void Settle(SentUpdates sent)
    {
        if (sent.Place is { } place)
        {
            _sent.Remove(place);
            sent.Place = null;
            Count -= sent.Count;
        }
    }

    private SentUpdates? OldestAcknowledged()
    {
        while (_acknowledged.TryPeek(out var oldest))
        {
            if (!oldest.IsSettled)
            {
                return oldest;
            }

            _acknowledged.Dequeue();
        }

        return null;
    }
}
