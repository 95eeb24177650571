using Npgsql;
using QLearning.Abstractions;
using QLearning.Storage.Sql;

namespace QLearning.Storage.AgentTypes;

/// <summary>
/// Deletes an agent type with all that hangs on it, in one transaction. It takes the locks of ownership first, as those do who take it:
/// from then on no flush of the type writes and nobody becomes an owner, and after the commit every owner is fenced.
/// </summary>
/// <param name="dataSource">The database.</param>
public sealed class AgentTypeRemoval(NpgsqlDataSource dataSource)
{
    private const int MaxRaces = 10;

    // Each by its index on agent_type.
    private const string Count = """
        select (select count(*) from agent_types where agent_type = $1), (select count(*) from q_values where agent_type = $1),
               (select count(*) from trajectories where agent_type = $1), (select count(*) from rewards where agent_type = $1),
               (select count(*) from sessions where agent_type = $1), (select count(*) from agent_states where agent_type = $1),
               (select count(*) from patterns where agent_type = $1),
               (select count(*) from pattern_uses join patterns using (pattern_id) where agent_type = $1)
        """;

    private static readonly string[] _tables =
        ["agent_types", "q_values", "trajectories", "rewards", "sessions", "agent_states", "patterns", "pattern_uses"];

    private static readonly string[] _locks =
    [
        "select pg_advisory_xact_lock(hashtext('q_table_owners'), hashtext($1))",
        "select from q_table_owners where agent_type = $1 order by partition for update",
    ];

    // Rows that name others go before those, so that no cascade has anything left to look for one row at a time. The Q-values need not be
    // noted in sql_changes, the others must be: the type's owners, its agents and its library of patterns are told so.
    private static readonly string[] _deletions =
    [
        "select set_config('qlearning.flush', 'on', true) where $1 is not null",
        "delete from rewards where agent_type = $1",
        "delete from trajectories where agent_type = $1",
        "delete from q_values where agent_type = $1",
        "delete from sessions where agent_type = $1",
        "select set_config('qlearning.flush', '', true) where $1 is not null",
        "delete from patterns where agent_type = $1",
        "delete from agent_states where agent_type = $1",
        "delete from agent_types where agent_type = $1",
    ];

    /// <summary>Deletes an agent type, or counts what would go.</summary>
    /// <param name="agentType">Its name.</param>
    /// <param name="isDryRun">Only counts.</param>
    /// <param name="cancellationToken">Ends the transaction.</param>
    /// <returns>How many rows of each table.</returns>
    /// <exception cref="UnknownAgentTypeException">It is not registered.</exception>
    /// <exception cref="StorageUnavailableException">
    /// PostgreSQL cannot do it; nothing was deleted, unless it says that it may have been.
    /// </exception>
    public async Task<DeletedRows[]> RemoveAsync(string agentType, bool isDryRun, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await RemoveOnceAsync(agentType, isDryRun, cancellationToken);
            }
            catch (PostgresException error) when (PostgresErrors.IsLostRace(error) && attempt < MaxRaces)
            {
                // Episodes are stored at the same moment, which lock their rows in another order.
            }
            catch (Exception error) when (PostgresErrors.IsFromDatabase(error))
            {
                throw PostgresErrors.ToCaller($"delete the agent type '{agentType}'", error, isWrite: !isDryRun);
            }
        }
    }

    private async Task<DeletedRows[]> RemoveOnceAsync(string agentType, bool isDryRun, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await connection.LiftTimeLimitsAsync(cancellationToken);
        await RunAsync(connection, isDryRun ? [] : _locks, agentType, cancellationToken);
        await using var count = Command(connection, Count, agentType);
        var rows = (await count.ReadFirstAsync(
            static reader => _tables.Select((table, column) => new DeletedRows(table, reader.GetInt64(column))).ToArray(),
            cancellationToken))!;
        if (rows[0].Rows == 0)
        {
            throw UnknownAgentTypeException.For(agentType);
        }

        if (!isDryRun)
        {
            await RunAsync(connection, _deletions, agentType, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }

        return rows;
    }

    private static async Task RunAsync(
        NpgsqlConnection connection, string[] statements, string agentType, CancellationToken cancellationToken)
    {
        foreach (var statement in statements)
        {
            await using var command = Command(connection, statement, agentType);
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    // As long as it takes: there may be millions of rows.
    private static NpgsqlCommand Command(NpgsqlConnection connection, string sql, string agentType)
    {
        var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        command.Parameters.AddText(agentType);
        return command;
    }
}
