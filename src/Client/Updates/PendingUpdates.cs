using QLearning.Abstractions;

namespace QLearning.Client.Updates;

/// <summary>
/// Updates from their numbering until they are settled: durable, refused or given up. One call's, as far as one partition owns them.
/// </summary>
/// <param name="group">The updates with their numbers.</param>
/// <param name="call">Who waits for what comes of them; null: no caller, they were acknowledged.</param>
/// <param name="places">The place of each in the call; null: as they are.</param>
internal sealed class PendingUpdates(UpdateGroup group, UpdateCall? call, IReadOnlyList<int>? places)
{
    // An update without JSON takes about 300 bytes, of which most are the keys in its transition.
    private const int CharactersOfOne = 128;

    public UpdateGroup Group { get; set; } = group;

    /// <summary>Who waits for what comes of them; null: nobody, or their caller has the answer.</summary>
    public UpdateCall? Call { get; set; } = call;

    /// <summary>Whose numbers they have.</summary>
    public required NumberSequence Numbers { get; init; }

    /// <summary>When they were numbered.</summary>
    public required long Added { get; init; }

    /// <summary>The place of the first of them among all updates of their client.</summary>
    public long Order => Numbers.PlaceOf(Group.Number);

    /// <summary>The owner that acknowledged them; empty: none has.</summary>
    public Guid Owner { get; set; }

    /// <summary>They are durable when that owner's durable version reaches this.</summary>
    public long Version { get; set; }

    /// <summary>Which acknowledgement of its client it was, counted from 1.</summary>
    public long Acknowledgement { get; set; }

    /// <summary>
    /// True when they were sent before and that was not answered: an owner may have learned them, or may do so when the message arrives.
    /// </summary>
    public bool MayBeLearned { get; set; }

    /// <summary>Why they were refused last, if they are sent again nevertheless.</summary>
    public QLearningException? Refusal { get; set; }

    /// <summary>Where they stand in the list of their client; null: they are settled.</summary>
    public LinkedListNode<PendingUpdates>? Place { get; set; }

    public bool IsSettled => Place is null;

    public bool IsAcknowledged => Owner != Guid.Empty;

    /// <summary>How much of its client's room they take.</summary>
    public int Room { get; } = RoomOf(group);

    /// <summary>How much room updates take: one each, and as many more as the JSON of their states and actions is longer.</summary>
    public static int RoomOf(UpdateGroup updates)
    {
        var room = updates.Count;
        foreach (var transition in updates.Transitions)
        {
            room += ((transition.State.Json?.Length ?? 0) + (transition.NextState?.Json?.Length ?? 0)
                + (transition.Action.Json?.Length ?? 0) + (transition.NextAction?.Json?.Length ?? 0)) / CharactersOfOne;
        }

        foreach (var upsert in updates.Upserts)
        {
            room += ((upsert.State.Json?.Length ?? 0) + (upsert.Action.Json?.Length ?? 0)) / CharactersOfOne;
        }

        return room;
    }

    /// <summary>The place of an update in its call.</summary>
    public int PlaceInCall(int index) => places is null ? index : places[index];

    /// <summary>Some of the updates, with their numbers.</summary>
    public PendingUpdates Pick(IReadOnlyList<int> indexes) =>
        new(Group.Pick(indexes), Call, [.. indexes.Select(PlaceInCall)])
        {
            Numbers = Numbers,
            Added = Added,
            Owner = Owner,
            Version = Version,
            Acknowledgement = Acknowledgement,
            MayBeLearned = MayBeLearned,
        };
}
