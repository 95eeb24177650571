namespace QLearning.Learning.QTables;

/// <summary>What one <see cref="QTable.Set"/> found before it wrote.</summary>
/// <param name="Place">The entry it wrote.</param>
/// <param name="Before">The entry before.</param>
/// <param name="PendingJson">The row's waiting JSON before.</param>
/// <param name="AddedRow">Whether it added the row.</param>
/// <param name="AddedEntry">Whether it added the entry.</param>
/// <param name="KnownActions">How many actions the table knew before.</param>
internal readonly record struct UndoStep(
    EntryRef Place,
    PackedEntry Before,
    string? PendingJson,
    bool AddedRow,
    bool AddedEntry,
    int KnownActions);

/// <summary>The steps of one unit of work, oldest first.</summary>
internal sealed class UndoLog
{
    // More is not kept for the next unit: one very large batch should not take its memory for ever.
    private const int KeptSteps = 128;

    public List<UndoStep> Steps { get; } = [];

    public List<int> DescribedActions { get; } = [];

    /// <summary>Makes it ready for the next unit of work.</summary>
    public void Clear()
    {
        Steps.Clear();
        DescribedActions.Clear();
        if (Steps.Capacity > KeptSteps)
        {
            Steps.Capacity = KeptSteps;
        }
    }

    public void Changed(in UndoStep step) => Steps.Add(step);

    public void Described(int actionIndex) => DescribedActions.Add(actionIndex);
}
