using QLearning.Abstractions;

namespace QLearning.Grains.QTables;

/// <summary>Callers that wait until what they changed is committed.</summary>
internal sealed class FlushWaiters
{
    private readonly List<Waiter> _waiting = [];

    /// <summary>True when somebody waits.</summary>
    public bool Any => _waiting.Count > 0;

    /// <summary>Waits until as many entries have been stored since the activation.</summary>
    /// <param name="entries">How many.</param>
    /// <param name="first">The place of the first update that the caller waits for.</param>
    /// <param name="last">The place of the last.</param>
    /// <returns>Null, or why PostgreSQL refuses to store one of the updates.</returns>
    public Task<QLearningException?> Add(long entries, long first, long last)
    {
        if (_waiting.Count > 0 && _waiting[^1] is var newest && (newest.Entries, newest.First, newest.Last) == (entries, first, last))
        {
            return newest.Commit.Task;
        }

        // Waiters go on in turns of their own, not inside the end of the flush.
        var waiter = new Waiter(entries, first, last, new(TaskCreationOptions.RunContinuationsAsynchronously));
        _waiting.Add(waiter);
        return waiter.Commit.Task;
    }

    /// <summary>So many entries are stored.</summary>
    public void Complete(long entries) => End(waiter => waiter.Entries <= entries, waiter => waiter.Commit.TrySetResult(null));

    /// <summary>PostgreSQL refused the rows of some updates.</summary>
    public void Refuse(IReadOnlyList<long> updates, QLearningException error) =>
        End(waiter => updates.Any(update => update >= waiter.First && update <= waiter.Last), waiter => waiter.Commit.TrySetResult(error));

    /// <summary>What they wait for is not written.</summary>
    public void FailAll(Exception error) => End(_ => true, waiter => waiter.Commit.TrySetException(error));

    private void End(Predicate<Waiter> isOver, Action<Waiter> end)
    {
        var over = _waiting.FindAll(isOver);
        _waiting.RemoveAll(isOver);
        over.ForEach(end);
    }

    private sealed record Waiter(long Entries, long First, long Last, TaskCompletionSource<QLearningException?> Commit);
}
