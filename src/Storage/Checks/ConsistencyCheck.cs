using System.Data;
using Npgsql;
using QLearning.Abstractions;
using QLearning.Storage.Sql;

namespace QLearning.Storage.Checks;

/// <summary>Proves that the tables and views agree with each other, in one snapshot of the database.</summary>
/// <param name="dataSource">The database.</param>
/// <param name="time">The clock of the second look.</param>
public sealed class ConsistencyCheck(NpgsqlDataSource dataSource, TimeProvider time)
{
    private const string VisitsName = "visit counts hold the learned rewards";
    private const string Refresh = "select refresh_materialized_views()";

    private const string Summary = """
        select count(*), count(problem), coalesce((array_agg(problem order by problem) filter (where problem is not null))[1:$1], '{}')
        from (
        """;

    // Q-values are written behind: a reward may be stored a moment before the visit that it counts in.
    private static readonly TimeSpan _secondLook = TimeSpan.FromSeconds(2);

    private static readonly (string Name, string Sql)[] _checks =
    [
        ("agent_states agree with the agents' trajectories", CheckStatements.Agents),
        ("agent_states agree with themselves", CheckStatements.AgentCounters),
        ("sessions agree with their trajectories", CheckStatements.Sessions),
        ("sessions that run have no end", CheckStatements.SessionEnds),
        ("trajectories agree with their steps", CheckStatements.TrajectorySteps),
        ("rewards agree with their trajectories", CheckStatements.TrajectoryRewards),
        (VisitsName, CheckStatements.Visits),
        ("Q-values are in their ranges", CheckStatements.QValues),
        ("patterns agree with themselves", CheckStatements.Patterns),
        ("agent_performance_summary agrees with the tables", CheckStatements.PerformanceView),
        ("pattern_effectiveness agrees with the tables", CheckStatements.PatternView),
    ];

    /// <summary>Runs all checks.</summary>
    /// <param name="refreshViews">
    /// Whether to refresh the views first, in the same snapshot as far as they are concerned; else they are compared as they are.
    /// </param>
    /// <param name="maxExamples">The most examples of each violation, 0 or more.</param>
    /// <param name="cancellationToken">Ends the queries.</param>
    /// <exception cref="StorageUnavailableException">PostgreSQL cannot be asked.</exception>
    public async Task<IReadOnlyList<CheckResult>> RunAsync(bool refreshViews, int maxExamples, CancellationToken cancellationToken) =>
        await RunTwiceAsync(refreshViews, maxExamples, cancellationToken).OrUnavailableAsync("check the database");

    private async Task<List<CheckResult>> RunTwiceAsync(bool refreshViews, int maxExamples, CancellationToken cancellationToken)
    {
        var results = await RunAllAsync(refreshViews, maxExamples, cancellationToken);
        if (results.Any(result => result is { Name: VisitsName, Violations: > 0 }))
        {
            await Task.Delay(_secondLook, time, cancellationToken);
            results = await RunAllAsync(refreshViews, maxExamples, cancellationToken);
        }

        return results;
    }

    private async Task<List<CheckResult>> RunAllAsync(bool refreshViews, int maxExamples, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        await connection.LiftTimeLimitsAsync(cancellationToken);
        if (refreshViews)
        {
            await using var refresh = new NpgsqlCommand(Refresh, connection) { CommandTimeout = 0 };
            await refresh.ExecuteNonQueryAsync(cancellationToken);
        }

        var results = new List<CheckResult>();
        foreach (var (name, sql) in _checks)
        {
            results.Add(await RunAsync(connection, name, sql, maxExamples, cancellationToken));
        }

        // The refresh stays: it is what the views should show anyway.
        await transaction.CommitAsync(cancellationToken);
        return results;
    }

    private static async Task<CheckResult> RunAsync(
        NpgsqlConnection connection, string name, string sql, int maxExamples, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"{Summary}{sql}) found (problem)", connection) { CommandTimeout = 0 };
        command.Parameters.AddInteger(maxExamples);
        return (await command.ReadFirstAsync(
            reader => new CheckResult(name, reader.GetInt64(0), reader.GetInt64(1), reader.GetFieldValue<string[]>(2)),
            cancellationToken))!;
    }
}
