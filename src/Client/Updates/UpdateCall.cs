using QLearning.Abstractions;

namespace QLearning.Client.Updates;

/// <summary>The updates of one call, and what came of them. Used by one thread at a time, but for <see cref="Fail"/>.</summary>
/// <param name="updates">The updates, without numbers.</param>
internal sealed class UpdateCall(UpdateGroup updates)
{
    private readonly LearnResult?[] _results = new LearnResult?[updates.Count];

    // Most calls need none of these: they are made by millions. Guarded by the results.
    private SortedSet<int>? _notLearned;
    private SortedSet<int>? _mayBeLearned;
    private QLearningException? _refusal;
    private QLearningException? _notDurable;
    private int _kept;

    public UpdateGroup Updates { get; } = updates;

    /// <summary>True when every update of the call is settled.</summary>
    public bool IsSettled => Volatile.Read(ref _kept) == 0;

    /// <summary>Notes that some of its updates are kept, or, below zero, that they are settled.</summary>
    public void Keep(int count) => Interlocked.Add(ref _kept, count);

    /// <summary>Notes what an update did; null: nothing, it was recorded before.</summary>
    public void Learned(int place, LearnResult? result) => _results[place] = result;

    /// <summary>Notes that some updates of the call were refused, or that it is not known what became of them.</summary>
    /// <param name="refused">The updates.</param>
    /// <param name="error">Why.</param>
    /// <param name="mayBeLearned">True when they may have been learned all the same.</param>
    public void Fail(PendingUpdates refused, QLearningException error, bool mayBeLearned)
    {
        lock (_results)
        {
            _refusal ??= error;
            var places = mayBeLearned ? _mayBeLearned ??= [] : _notLearned ??= [];
            for (var i = 0; i < refused.Group.Count; i++)
            {
                places.Add(refused.PlaceInCall(i));
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
        lock (_results)
        {
            _notDurable ??= error;
        }
    }

    /// <summary>What the updates did.</summary>
    /// <exception cref="PartlyLearnedException">It differs: some were learned, not learned, or it is not known.</exception>
    /// <exception cref="QLearningException">It is the same for all: not learned, not known, or learned and not durable.</exception>
    public LearnResult?[] Finish()
    {
        if (_refusal is not { } refusal)
        {
            return _notDurable is null ? _results : throw _notDurable;
        }

        throw _notLearned?.Count == _results.Length || _mayBeLearned?.Count == _results.Length
            ? refusal
            : new PartlyLearnedException([.. _notLearned ?? []], [.. _mayBeLearned ?? []], _results.Length, refusal);
    }
}
