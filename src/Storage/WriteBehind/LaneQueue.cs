using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;

namespace QLearning.Storage.WriteBehind;

/// <summary>
/// What waits in a lane, taken in the order in which it came, a transaction at a time. Any thread adds, the lane's loop takes.
/// </summary>
internal sealed class LaneQueue<TItem, TOutcome>(ILaneWriter<TItem, TOutcome> writer, WriteBehindOptions options)
    where TOutcome : class
{
    private readonly Channel<PendingWrite<TItem, TOutcome>> _queue =
        Channel.CreateUnbounded<PendingWrite<TItem, TOutcome>>(new UnboundedChannelOptions { SingleReader = true });

    /// <summary>Taken before, and put back when their transaction was made smaller.</summary>
    private readonly LinkedList<PendingWrite<TItem, TOutcome>> _putBack = [];

    /// <summary>
    /// Taken before, and held up by a lock: each is tried again by itself after its pause, so that it does not hold up the others. What
    /// else its owner hands in meanwhile is likely to need the same row and waits beside it: such items are tried together.
    /// </summary>
    private readonly List<PendingWrite<TItem, TOutcome>> _aside = [];
    private Task<bool>? _reading;
    private bool _tookAside;

    /// <summary>How much is taken at once.</summary>
    public TransactionLimit Limit { get; } = new(options);

    /// <summary>Adds an item; false when the queue is closed.</summary>
    public bool TryAdd(PendingWrite<TItem, TOutcome> pending) => _queue.Writer.TryWrite(pending);

    /// <summary>Takes no more items; false when it was closed before.</summary>
    public bool TryClose() => _queue.Writer.TryComplete();

    /// <summary>Waits for an item; false when it is closed and empty.</summary>
    public ValueTask<bool> WaitAsync() => _putBack.Count > 0 ? ValueTask.FromResult(true)
        : _aside.Count > 0 ? new(WaitWithAsideAsync())
        : _reading is null ? _queue.Reader.WaitToReadAsync(CancellationToken.None)
        : new(TakeReading());

    /// <summary>Sets a taken item aside for a time.</summary>
    /// <param name="pending">The item.</param>
    /// <param name="pause">Ends when it is to be tried again.</param>
    public void SetAside(PendingWrite<TItem, TOutcome> pending, Task pause)
    {
        pending.Pause = pause;
        foreach (var beside in _aside.Where(other => other.Locks == 0 && other.Owner == pending.Owner))
        {
            // They would meet the same lock, one after the other.
            beside.Pause = pause;
        }

        _aside.Add(pending);
    }

    /// <summary>The oldest of an item and those that were set aside.</summary>
    public PendingWrite<TItem, TOutcome>? Oldest(PendingWrite<TItem, TOutcome>? taken) => _aside.Count == 0
        ? taken
        : _aside.Append(taken).OfType<PendingWrite<TItem, TOutcome>>().MinBy(pending => pending.HandedInAt);

    /// <summary>Takes what fits one transaction; nothing when all wait for their time.</summary>
    public List<PendingWrite<TItem, TOutcome>> Take()
    {
        var taken = new List<PendingWrite<TItem, TOutcome>>();
        if (TakeAside() is { Count: > 0 } due)
        {
            return due;
        }

        var heldUp = HeldUp();
        var size = default(WriteSize);
        while (TryPeek(out var pending))
        {
            Look(pending);
            if (heldUp.TryGetValue(pending.Owner, out var pause))
            {
                SetAside(pending, pause);
                RemovePeeked();
                continue;
            }

            size += pending.Size;
            if (taken.Count > 0 && !size.FitsIn(Limit.Now))
            {
                break;
            }

            taken.Add(pending);
            RemovePeeked();
        }

        return taken;
    }

    /// <summary>
    /// Halves what was taken: the second half of the items waits for its turn, a single item is written by smaller statements.
    /// </summary>
    /// <returns>The first half.</returns>
    public List<PendingWrite<TItem, TOutcome>> Halve(List<PendingWrite<TItem, TOutcome>> taken)
    {
        Limit.Shrink(taken.Aggregate(default(WriteSize), (size, pending) => size + pending.Size));
        var kept = (taken.Count + 1) / 2;
        for (var i = taken.Count - 1; i >= kept; i--)
        {
            _putBack.AddFirst(taken[i]);
        }

        return taken[..kept];
    }

    /// <summary>Whether an item was taken and put back, or set aside.</summary>
    public bool IsPutBack(PendingWrite<TItem, TOutcome> pending) => _putBack.Contains(pending) || _aside.Contains(pending);

    private async Task<bool> WaitWithAsideAsync()
    {
        // One wait, however often this is asked: the queue has one reader.
        _reading ??= ReadAsync();
        await Task.WhenAny(_aside.Select(pending => pending.Pause).Distinct().Append(_reading));
        return true;
    }

    // Goes on where the lane runs, which AsTask would not.
    private async Task<bool> ReadAsync() => await _queue.Reader.WaitToReadAsync(CancellationToken.None);

    private Task<bool> TakeReading()
    {
        var reading = _reading!;
        _reading = null;
        return reading;
    }

    /// <summary>The owners of what was set aside, and until when; none when nothing else can come.</summary>
    private Dictionary<string, Task> HeldUp()
    {
        var owners = new Dictionary<string, Task>(StringComparer.Ordinal);
        if (!_queue.Reader.Completion.IsCompleted)
        {
            _aside.ForEach(pending => owners[pending.Owner] = pending.Pause);
        }

        return owners;
    }

    /// <summary>
    /// An item whose pause is over, or any when nothing else can come; not twice in a row while others wait. One that met no lock itself is
    /// taken with the others of its owner that met none.
    /// </summary>
    private List<PendingWrite<TItem, TOutcome>> TakeAside()
    {
        var isLast = _queue.Reader.Completion.IsCompleted;
        var due = _tookAside && TryPeek(out _) ? -1 : _aside.FindIndex(pending => isLast || pending.Pause.IsCompleted);
        if (_reading is { IsCompleted: true })
        {
            _reading = null;
        }

        _tookAside = due >= 0;
        if (due < 0)
        {
            return [];
        }

        var first = _aside[due];
        _aside.RemoveAt(due);
        List<PendingWrite<TItem, TOutcome>> taken = [first];
        if (first.Locks == 0)
        {
            var size = first.Size;
            taken.AddRange(_aside.Where(pending =>
                pending.Locks == 0 && pending.Owner == first.Owner && (size += pending.Size).FitsIn(Limit.Now)));
            _aside.RemoveAll(taken.ToHashSet().Contains);
        }

        return taken;
    }

    private bool TryPeek([NotNullWhen(true)] out PendingWrite<TItem, TOutcome>? pending)
    {
        pending = _putBack.First?.Value;
        return pending is not null || _queue.Reader.TryPeek(out pending);
    }

    private void RemovePeeked()
    {
        if (_putBack.Count > 0)
        {
            _putBack.RemoveFirst();
        }
        else
        {
            _queue.Reader.TryRead(out _);
        }
    }

    private void Look(PendingWrite<TItem, TOutcome> pending)
    {
        try
        {
            pending.Owner = writer.NameOwner(pending.Item);
            pending.Size = writer.Measure(pending.Item);
        }
        catch (Exception)
        {
            // It is taken all the same: the writer meets the same error, and tells it to the one who handed the item in.
            pending.Size = default;
        }
    }
}
