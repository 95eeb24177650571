using QLearning.Abstractions;

namespace QLearning.Client.Updates;

/// <summary>
/// What a client has sent to one grain and what may not be durable yet, in the order of sending. Safe for several threads.
/// </summary>
internal sealed class UnsettledUpdates(UpdateNumbers numbers)
{
    private readonly Lock _lock = new();
    private readonly LinkedList<SentUpdates> _sent = new();
    private readonly Queue<SentUpdates> _acknowledged = new();

    /// <summary>Updates that may be lost with a silo, and those without an answer.</summary>
    public int Count { get; private set; }

    /// <summary>The lowest number that is kept.</summary>
    public long? Lowest
    {
        get
        {
            lock (_lock)
            {
                return _sent.First?.Value.Sequence;
            }
        }
    }

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
            return Count > 0 && numbers.Count + transitions.Length + upserts.Length > maxUpdates
                ? null
                : Keep(new SentUpdates(numbers.Next(), transitions, upserts, mode));
        }
    }

    /// <summary>Keeps what has its number already.</summary>
    public SentUpdates Add(SentUpdates sent)
    {
        lock (_lock)
        {
            return Keep(sent);
        }
    }

    /// <summary>Keeps what the owner of another part acknowledged, so that it is sent again before anything newer.</summary>
    public void AddAcknowledged(SentUpdates sent)
    {
        lock (_lock)
        {
            // Each split raises every epoch by two at least: the first one is older than any that answers.
            sent.Epoch = 1;
            _acknowledged.Enqueue(Keep(sent));
        }
    }

    /// <summary>The batch as it is sent now.</summary>
    /// <param name="sent">The batch.</param>
    /// <param name="epoch">The activation that it is meant for; null: the one that acknowledged the oldest update that may not be durable.</param>
    public UpdateBatch ToBatch(SentUpdates sent, long? epoch)
    {
        var settledBelow = numbers.SettledBelow(sent.Sequence);
        lock (_lock)
        {
            return new UpdateBatch
            {
                ClientId = numbers.ClientId,
                Sequence = sent.Sequence,
                SettledBelow = settledBelow,
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

    private SentUpdates Keep(SentUpdates sent)
    {
        // In the order of numbers; nearly always at the end.
        var before = _sent.Last;
        while (before is not null && before.Value.Sequence > sent.Sequence)
        {
            before = before.Previous;
        }

        sent.Place = before is null ? _sent.AddFirst(sent) : _sent.AddAfter(before, sent);
        Count += sent.Count;
        return sent;
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
