using QLearning.Abstractions;

namespace QLearning.Client.Updates;

/// <summary>The updates of one call, and what came of them. Used by one thread at a time, but for <see cref="Fail"/>.</summary>
/// <param name="updates">The updates, without numbers.</param>
internal sealed class UpdateCall(UpdateGroup updates)
{
    private readonly Lock _lock = new();
    private readonly LearnResult?[] _results = new LearnResult?[updates.Count];

    // Most calls need neither this nor the lock for long: they are made by millions.
    private SortedSet<int>? _notLearned;
    private QLearningException? _error;
    private int _kept;

    public UpdateGroup Updates { get; } = updates;

    /// <summary>True when every update of the call is settled.</summary>
    public bool IsSettled => Volatile.Read(ref _kept) == 0;

    /// <summary>Notes that some of its updates are kept, or, below zero, that they are settled.</summary>
    public void Keep(int count) => Interlocked.Add(ref _kept, count);

    /// <summary>Notes what an update did; null: nothing, it was recorded before.</summary>
    public void Learned(int place, LearnResult? result) => _results[place] = result;

    /// <summary>Notes that some updates of the call were refused, or may not have been learned.</summary>
    public void Fail(PendingUpdates refused, QLearningException error)
    {
        lock (_lock)
        {
            _error ??= error;
            _notLearned ??= [];
            for (var i = 0; i < refused.Group.Count; i++)
            {
                _notLearned.Add(refused.PlaceInCall(i));
            }
        }
    }

    /// <summary>Why its updates, which were learned, were not durable when their owner answered; null: they were, or need not be.</summary>
    public string? Problem { get; private set; }

    /// <summary>Notes that its updates are learned, and not durable although that was asked for.</summary>
    public void AwaitDurability(string problem) => Problem = problem;

    /// <summary>
    /// Notes that what was learned of it is not durable although that was asked for. When another partition refused its share, that is what
    /// the caller must hear: told that nothing was learned, he would send again what was.
    /// </summary>
    public void NotDurable(QLearningException error)
    {
        lock (_lock)
        {
            if (_error is null)
            {
                _error = error;
                _notLearned = [.. Enumerable.Range(0, _results.Length)];
            }
        }
    }

    /// <summary>What the updates did.</summary>
    /// <exception cref="PartlyLearnedException">Some were learned, and others, of states in other partitions, were not.</exception>
    /// <exception cref="QLearningException">None was learned, or it is not known.</exception>
    public LearnResult?[] Finish() => _error switch
    {
        null => _results,
        { } error when _notLearned!.Count == _results.Length => throw error,
        { } error => throw new PartlyLearnedException([.. _notLearned!], _results.Length, error),
    };
}
