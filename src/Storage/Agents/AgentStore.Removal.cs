using Npgsql;
using QLearning.Abstractions;
using QLearning.Storage.Sql;

namespace QLearning.Storage.Agents;

/// <content>Deletes an agent with the trajectories of its episodes and their rewards.</content>
public sealed partial class AgentStore
{
    private const string Mine = "select trajectory_id from trajectories where agent_type = $1 and metadata ->> 'agent_instance' = $2";

    // The agent's name in trajectories is in no index: all trajectories of the type are read (idx_trajectories_agent_type).
    private const string Count = $"""
        select (select count(*) from agent_states where agent_type = $1 and agent_instance_id = $2),
               (select count(*) from ({Mine}) t),
               (select count(*) from rewards where trajectory_id in ({Mine}))
        """;

    // Sessions before agents, each in the order of its key, as episodes lock them. What is deleted of a session is no longer in its
    // counters.
    private const string TakeFromSessions = """
        with gone as (
            select session_id, count(*)::int as tasks, sum(total_reward) as reward
            from trajectories where agent_type = $1 and metadata ->> 'agent_instance' = $2 and session_id is not null group by session_id
        ), locked as materialized (
            select s.session_id from sessions s join gone using (session_id) order by s.session_id for no key update of s
        )
        update sessions s set task_count = greatest(0, s.task_count - g.tasks), total_reward = coalesce(s.total_reward, 0) - g.reward
        from gone g join locked using (session_id)
        where s.session_id = g.session_id
        """;

    private const string DeleteTrajectories = "delete from trajectories where agent_type = $1 and metadata ->> 'agent_instance' = $2";

    private const string DeleteAgent = "delete from agent_states where agent_type = $1 and agent_instance_id = $2";

    /// <inheritdoc />
    public Task<DeletedRows[]> RemoveAsync(AgentKey agent, bool isDryRun, CancellationToken cancellationToken) =>
        RemoveRowsAsync(agent, isDryRun, cancellationToken).OrUnavailableAsync($"delete the agent '{agent}'", isWrite: !isDryRun);

    private async Task<DeletedRows[]> RemoveRowsAsync(AgentKey agent, bool isDryRun, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await connection.LiftTimeLimitsAsync(cancellationToken);
        DeletedRows[] rows;
        await using (var count = Command(Count, agent, connection))
        {
            rows = (await count.ReadFirstAsync(
                static reader => new DeletedRows[]
                {
                    new("agent_states", reader.GetInt64(0)), new("trajectories", reader.GetInt64(1)), new("rewards", reader.GetInt64(2)),
                },
                cancellationToken))!;
        }

        if (!isDryRun)
        {
            foreach (var statement in new[] { TakeFromSessions, DeleteTrajectories, DeleteAgent })
            {
                await using var command = Command(statement, agent, connection);
                await command.ExecuteNonQueryAsync(cancellationToken);
            }

            await transaction.CommitAsync(cancellationToken);
        }

        return rows;
    }

    // As long as it takes: an agent may have very many trajectories.
    private static NpgsqlCommand Command(string sql, AgentKey agent, NpgsqlConnection connection)
    {
        var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        command.Parameters.AddText(agent.AgentType).AddText(agent.Instance);
        return command;
    }
}
