namespace QLearning.Abstractions;

/// <summary>
/// Updates that are learned all or none: what one caller sent in one call, as far as one partition owns it. A group has one kind of update.
/// </summary>
[GenerateSerializer, Immutable]
[Alias("QLearning.UpdateGroup")]
public sealed record UpdateGroup
{
    /// <summary>The number of the first update, 1 or more; never used twice by a client for an agent type.</summary>
    [Id(0)]
    public long Number { get; init; }

    /// <summary>The number of each update, ascending; null: they follow each other from <see cref="Number"/>.</summary>
    [Id(1)]
    public long[]? Numbers { get; init; }

    /// <summary>Transitions to learn.</summary>
    [Id(2)]
    public Transition[] Transitions { get; init; } = [];

    /// <summary>Q-values to store as they are.</summary>
    [Id(3)]
    public QValueUpsert[] Upserts { get; init; } = [];

    /// <summary>Late rewards to learn and to store.</summary>
    [Id(4)]
    public DelayedReward[] Rewards { get; init; } = [];

    /// <summary>How many updates there are.</summary>
    public int Count => Transitions.Length + Upserts.Length + Rewards.Length;

    /// <summary>The number of an update.</summary>
    /// <param name="index">0 to one less than <see cref="Count"/>.</param>
    public long NumberAt(int index) => Numbers is null ? Number + index : Numbers[index];

    /// <summary>The state whose Q-value an update changes.</summary>
    /// <param name="index">0 to one less than <see cref="Count"/>.</param>
    public StateKey StateAt(int index) => Transitions.Length > 0 ? Transitions[index].State.Key
        : Upserts.Length > 0 ? Upserts[index].State.Key
        : Rewards[index].State;

    /// <summary>The action whose Q-value an update changes.</summary>
    /// <param name="index">0 to one less than <see cref="Count"/>.</param>
    public ActionKey ActionAt(int index) => Transitions.Length > 0 ? Transitions[index].Action.Key
        : Upserts.Length > 0 ? Upserts[index].Action.Key
        : Rewards[index].Action;

    /// <summary>Some of the updates, with their numbers.</summary>
    /// <param name="indexes">Their places, ascending.</param>
    public UpdateGroup Pick(IReadOnlyList<int> indexes)
    {
        ArgumentNullException.ThrowIfNull(indexes);
        return indexes.Count == Count ? this : new UpdateGroup
        {
            Number = indexes.Count == 0 ? Number : NumberAt(indexes[0]),
            Numbers = [.. indexes.Select(NumberAt)],
            Transitions = Of(Transitions, indexes),
            Upserts = Of(Upserts, indexes),
            Rewards = Of(Rewards, indexes),
        };
    }

    private static T[] Of<T>(T[] all, IReadOnlyList<int> indexes) => all.Length == 0 ? [] : [.. indexes.Select(index => all[index])];
}
