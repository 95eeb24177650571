namespace QLearning.Storage.Status;

/// <summary>A table or materialized view, as PostgreSQL's statistics know it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Bytes">Its size with its indexes and its large values.</param>
/// <param name="Live">Live rows, about.</param>
/// <param name="Dead">Dead rows, about.</param>
/// <param name="Updated">Rows updated since the statistics began.</param>
/// <param name="HotUpdated">Of these, those for which no index had to be touched.</param>
public sealed record TableState(string Name, long Bytes, long Live, long Dead, long Updated, long HotUpdated);

/// <summary>An index.</summary>
/// <param name="Table">Its table.</param>
/// <param name="Name">Its name.</param>
/// <param name="Bytes">Its size.</param>
public sealed record IndexState(string Table, string Name, long Bytes);

/// <summary>The state of PostgreSQL.</summary>
/// <param name="Bytes">The size of the database.</param>
/// <param name="OldestTransaction">The age of the oldest open transaction in the database; zero when none is open.</param>
/// <param name="Connections">Connections of all programs to the server.</param>
/// <param name="MaxConnections">Connections that it allows to those who are no superusers.</param>
/// <param name="Tables">The tables and materialized views of the project.</param>
/// <param name="Indexes">Their indexes.</param>
/// <param name="Maintenance">When the maintenance jobs ran.</param>
public sealed record DatabaseState(
    long Bytes,
    TimeSpan OldestTransaction,
    long Connections,
    long MaxConnections,
    IReadOnlyList<TableState> Tables,
    IReadOnlyList<IndexState> Indexes,
    MaintenanceRuns Maintenance);
