namespace QLearning.Learning.QTables;

/// <summary>Where an entry stands on its way to the database.</summary>
[Flags]
internal enum EntryFlags : uint
{
    None = 0,

    /// <summary>Changed since it was last handed over; it waits in the table's queue.</summary>
    Dirty = 1,

    /// <summary>Handed over, outcome not known yet.</summary>
    InFlight = 2,

    /// <summary>The expiry in memory is newer than the one in the database.</summary>
    ExpiryMoved = 4,

    /// <summary>Was among the rows read by the refresh that is under way.</summary>
    Refreshed = 8,

    /// <summary>Was on its way to the database when the last refresh of its state began, or was changed since.</summary>
    ChangedInRefresh = 16,

    /// <summary>Another program stored no confidence: it ties behind any, and counts as 0.5 otherwise.</summary>
    NoConfidence = 32,

    /// <summary>The database refused it: it is dirty, and waits to be tried again beside the queue.</summary>
    Refused = 64,
}
