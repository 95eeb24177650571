namespace QLearning.Learning.QTables;

/// <summary>What one <see cref="QTable.Set"/> found before it wrote.</summary>
/// <param name="Place">The entry it wrote.</param>
/// <param name="Before">The entry before.</param>
/// <param name="PendingJson">The row's waiting JSON before.</param>
/// <param name="OtherJson">The entry's own waiting JSON before.</param>
/// <param name="AddedRow">Whether it added the row.</param>
/// <param name="AddedEntry">Whether it added the entry.</param>
/// <param name="AddedAction">The index of the action that it added, or of a new description of one; null: none.</param>
internal readonly record struct UndoStep(
    EntryRef Place,
    PackedEntry Before,
    string? PendingJson,
    string? OtherJson,
    bool AddedRow,
    bool AddedEntry,
    int? AddedAction);

/// <summary>The steps of one unit of work, oldest first.</summary>
internal sealed class UndoLog
{
    // More is not kept for the next unit: one very large batch should not take its memory for ever.
    private const int KeptSteps = 128;

    public List<UndoStep> Steps { get; } = [];

    /// <summary>Makes it ready for the next unit of work.</summary>
    public void Clear()
    {
        Steps.Clear();
        if (Steps.Capacity > KeptSteps)
        {
            Steps.Capacity = KeptSteps;
        }
    }

    public void Changed(in UndoStep step) => Steps.Add(step);
}
