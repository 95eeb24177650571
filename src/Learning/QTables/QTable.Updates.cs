using QLearning.Learning.Updates;

namespace QLearning.Learning.QTables;

public sealed partial class QTable
{
    /// <summary>
    /// The longest JSON that is kept for a row that is stored and has not expired: changes of such rows must not fill the backlog.
    /// </summary>
    private const int MaxSpareJson = 256;

    // One for all units, since most have one step.
    private readonly UndoLog _undoLog = new();
    private UndoLog? _undo;

    /// <summary>
    /// Stores a Q-value as <c>upsert_q_value</c> does: one more visit, confidence +0.01 up to 1, uncertainty −0.01 down to 0; the first
    /// time, or when it had expired: one visit, confidence and uncertainty 0.5. Its expiry moves to now + <see cref="TimeToLive"/> when
    /// that is more than a day (or a tenth of the time to live) later than it stands; an entry without an expiry keeps living for ever. The
    /// entry becomes dirty.
    /// </summary>
    /// <param name="state">The state's key. Its row must be in memory unless the table is whole.</param>
    /// <param name="stateJson">The state's JSON, kept until the entry is stored; null: none was given.</param>
    /// <param name="action">The action's key.</param>
    /// <param name="actionJson">The action's JSON, or null.</param>
    /// <param name="value">The Q-value: finite, at most <see cref="QLimits.MaxQValue"/> in size (not checked here).</param>
    /// <returns>The visit count, this update included.</returns>
    /// <exception cref="InvalidInputException">The agent type has too many distinct actions.</exception>
    public int Set(StateKey state, string? stateJson, ActionKey action, string? actionJson, double value)
    {
        var known = Find(state);
        var index = known is null ? -1 : IndexOf(known, action);
        var isNew = index < 0;

        // A row that is stored keeps its description, as upsert_q_value leaves action_data as it is.
        var isDescribed = isNew || (actionJson is not null && IsUnstored(known!.Entries[index]));
        var addedAction = false;
        var actionIndex = isDescribed ? Actions.Intern(action, actionJson, out addedAction) : 0;
        var row = FindOrAdd(state, out var addedRow);
        if (isNew)
        {
            index = AddEntry(row, new PackedEntry(actionIndex));
        }

        var place = new EntryRef(row, index);
        ref var entry = ref place.Entry;
        _undo?.Changed(new UndoStep(
            place, entry, row.PendingJson, StateJson.OtherOf(place), addedRow, isNew, addedAction ? actionIndex : null));

        // Clean-up may have deleted a row that is stored, or SQL may: then it is inserted again, and described as the caller did.
        if (IsUnstored(entry) || stateJson?.Length <= MaxSpareJson || entry.IsExpired(_clock.NowSeconds))
        {
            StateJson.Describe(place, stateJson);
        }

        if (isDescribed)
        {
            entry.Describe(actionIndex);
        }

        Write(ref entry, isNew, value);
        MarkDirty(place);
        return entry.Visits;
    }

    /// <summary>
    /// Starts to remember changes, so that <see cref="RollBack"/> can take them back. Only <see cref="Set"/> may change the table
    /// meanwhile.
    /// </summary>
    internal void BeginUnit(int expectedSteps)
    {
        _undo = _undoLog;
        _undo.Steps.EnsureCapacity(expectedSteps);
    }

    /// <summary>Keeps the changes since <see cref="BeginUnit"/>.</summary>
    /// <param name="client">Whose updates they are; null: they have no numbers.</param>
    /// <param name="numbers">The number of each, in their order.</param>
    internal void EndUnit(NumberedClient? client, ReadOnlySpan<long> numbers)
    {
        var steps = _undo!.Steps;
        if (client is not null)
        {
            for (var i = 0; i < steps.Count; i++)
            {
                _log.Add(steps[i].Place, client, numbers[i]);
            }
        }

        EndUnit();
    }

    /// <summary>Takes back all changes since <see cref="BeginUnit"/>, the newest first.</summary>
    internal void RollBack()
    {
        var log = _undo!;
        for (var i = log.Steps.Count - 1; i >= 0; i--)
        {
            Undo(log.Steps[i]);
        }

        EndUnit();
    }

    private void EndUnit()
    {
        _undo = null;
        _undoLog.Clear();
    }

    private void Write(ref PackedEntry entry, bool isNew, double value)
    {
        var now = _clock.NowSeconds;
        var visitsBefore = entry.Visits;
        var startsOver = isNew || entry.IsExpired(now);
        if (startsOver)
        {
            entry.Start(value);
        }
        else
        {
            entry.Visit(value);
        }

        VisitTotal += entry.Visits - (long)visitsBefore;
        var target = Expiry.After(now, TimeToLive);
        var neverExpires = !isNew && entry.ExpirySeconds == Expiry.Never;
        if (startsOver || (!neverExpires && target > (long)entry.ExpirySeconds + Expiry.RewriteAfterSeconds(TimeToLive)))
        {
            entry.ExpirySeconds = target;
            entry.Raise(EntryFlags.ExpiryMoved);
        }
    }

    private void Undo(in UndoStep step)
    {
        ref var entry = ref step.Place.Entry;
        var row = step.Place.Row;
        if (step.Before.Has(EntryFlags.Refused) && !entry.Has(EntryFlags.Refused))
        {
            _waiting.PopBack();
            _refused.Add(step.Place);
        }
        else if (entry.Has(EntryFlags.Dirty) && !step.Before.Has(EntryFlags.Dirty))
        {
            _waiting.PopBack();
            BacklogCount -= step.Before.IsBusy ? 0 : 1;
        }

        VisitTotal -= entry.Visits - (long)step.Before.Visits;
        entry = step.Before;
        StateJson.PutOther(step.Place, step.OtherJson);
        StateJson.Put(row, step.PendingJson);
        if (step.AddedEntry)
        {
            row.RemoveLast();
            QValueCount--;
        }

        if (step.AddedRow)
        {
            _rows.Remove(row);
        }

        if (step.AddedAction is { } actionIndex)
        {
            Actions.Remove(actionIndex);
        }
    }

    private static bool IsUnstored(in PackedEntry entry) => entry.RowId == 0 && !entry.Has(EntryFlags.InFlight);
}
