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
internal sealed class UndoLog(int expectedSteps)
{
    public List<UndoStep> Steps { get; } = new(expectedSteps);

    public List<int> DescribedActions { get; } = [];

    public void Changed(in UndoStep step) => Steps.Add(step);

    public void Described(int actionIndex) => DescribedActions.Add(actionIndex);
}
