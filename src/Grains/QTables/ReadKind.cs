namespace QLearning.Grains.QTables;

/// <summary>What a read is counted as.</summary>
internal enum ReadKind
{
    /// <summary>As nothing.</summary>
    Values,

    /// <summary>As best actions.</summary>
    BestAction,

    /// <summary>As a selection.</summary>
    Selection,
}
