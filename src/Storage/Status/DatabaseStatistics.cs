namespace QLearning.Storage.Status;

/// <summary>A table or materialized view.</summary>
/// <param name="Table">Its name.</param>
/// <param name="Rows">Live rows, as PostgreSQL's statistics estimate them.</param>
/// <param name="DeadRows">Rows that are deleted or replaced and not removed yet, as estimated.</param>
/// <param name="TableBytes">Its size without indexes, with large values.</param>
/// <param name="IndexBytes">The size of its indexes.</param>
/// <param name="HotShare">Which share of its updates had to touch no index, 0 to 1; null: nothing was updated.</param>
/// <param name="VacuumedAt">When dead rows were last removed; null: never since the statistics began.</param>
public sealed record TableStatistics(
    string Table, long Rows, long DeadRows, long TableBytes, long IndexBytes, double? HotShare, DateTimeOffset? VacuumedAt)
{
    /// <summary>Its size with indexes, in bytes.</summary>
    public long TotalBytes => TableBytes + IndexBytes;

    /// <summary>Which share of its rows is dead, 0 to 1.</summary>
    public double DeadShare => Rows + DeadRows == 0 ? 0 : (double)DeadRows / (Rows + DeadRows);
}

/// <summary>The Q-values of an agent type.</summary>
/// <param name="AgentType">The agent type.</param>
/// <param name="QValues">How many there are, expired ones left out.</param>
/// <param name="States">How many states they belong to.</param>
/// <param name="Smallest">The smallest Q-value.</param>
/// <param name="Mean">Their mean.</param>
/// <param name="Largest">The largest.</param>
/// <param name="MeanVisits">Their mean visit count.</param>
/// <param name="MeanConfidence">Their mean confidence, 0 to 1; null where none has one.</param>
public sealed record QValueStatistics(
    string AgentType, long QValues, long States, double Smallest, double Mean, double Largest, double MeanVisits, double? MeanConfidence);

/// <summary>A row of <c>agent_performance_summary</c>, which is as old as the last refresh.</summary>
/// <param name="AgentType">The agent type.</param>
/// <param name="Sessions">Its sessions.</param>
/// <param name="Trajectories">Its trajectories.</param>
/// <param name="Successful">Of these, those that succeeded.</param>
/// <param name="MeanReward">Their mean total reward; null where there is none.</param>
/// <param name="MeanMilliseconds">Their mean execution time; null where there is none.</param>
/// <param name="Patterns">Its patterns.</param>
/// <param name="Agents">Its agents.</param>
public sealed record PerformanceSummary(
    string AgentType,
    long Sessions,
    long Trajectories,
    long Successful,
    double? MeanReward,
    double? MeanMilliseconds,
    long Patterns,
    long Agents);

/// <summary>A row of <c>pattern_effectiveness</c>, which is as old as the last refresh.</summary>
/// <param name="AgentType">The agent type.</param>
/// <param name="Name">The pattern's name.</param>
/// <param name="Uses">How often it was used.</param>
/// <param name="SuccessRate">Which share of its uses succeeded, 0 to 1.</param>
/// <param name="MeanReward">The mean reward of its uses; null where there is none.</param>
public sealed record TopPattern(string AgentType, string Name, int Uses, double SuccessRate, double? MeanReward);

/// <summary>An index.</summary>
/// <param name="Table">Its table.</param>
/// <param name="Index">Its name.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Scans">How often it was used since the statistics began; what it forbids (unique) does not count.</param>
/// <param name="IsUnique">Whether it also keeps rows from being stored twice.</param>
public sealed record IndexStatistics(string Table, string Index, long Bytes, long Scans, bool IsUnique);

/// <summary>How the database is.</summary>
/// <param name="DatabaseBytes">Its size.</param>
/// <param name="Connections">The connections of all programs to the server.</param>
/// <param name="MaxConnections">How many it allows to those who are no superusers.</param>
/// <param name="Tables">Tables and views of this schema, the largest first.</param>
/// <param name="QValues">Agent types with Q-values.</param>
/// <param name="AgentTypes">Agent types that did something.</param>
/// <param name="Patterns">The ten patterns that succeed most, of those that were used.</param>
/// <param name="Indexes">Indexes, the least used first, large ones before small ones.</param>
public sealed record DatabaseStatistics(
    long DatabaseBytes,
    long Connections,
    long MaxConnections,
    IReadOnlyList<TableStatistics> Tables,
    IReadOnlyList<QValueStatistics> QValues,
    IReadOnlyList<PerformanceSummary> AgentTypes,
    IReadOnlyList<TopPattern> Patterns,
    IReadOnlyList<IndexStatistics> Indexes);
