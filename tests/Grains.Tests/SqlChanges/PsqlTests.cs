using System.Diagnostics;
using Npgsql;

namespace QLearning.Grains.Tests.SqlChanges;

/// <summary>What people do with the schema in psql goes on working while silos run.</summary>
[Collection(SharedSilo.Name)]
public sealed class PsqlTests(SiloFixture silo)
{
    [Fact]
    public async Task What_SQL_users_do_with_the_schema_is_possible_while_a_silo_runs()
    {
        var type = await silo.AddAgentTypeAsync();
        var agent = silo.Agent(type);
        var output = await RunAsync($$"""
            \set ON_ERROR_STOP on
            select relname, pg_size_pretty(pg_total_relation_size(relid)) from pg_catalog.pg_statio_user_tables order by 2;
            select agent_type, count(*), avg(q_value), min(q_value), max(q_value), stddev(q_value), sum(visit_count)
            from q_values group by agent_type;
            prepare store (text, text, text, text, text, text) as
                select upsert_q_value($1, $2, $3::jsonb, $4, $5::jsonb, $6::numeric);
            execute store ('{{type.Name}}', 'psql', '{"a": 1}', 'run', '"run"', '2.5');
            execute store ('{{type.Name}}', 'psql', '{"a": 1}', 'run', '"run"', '3.5');
            prepare best (text, text) as select action_data, q_value, confidence_score from get_best_action($1, $2);
            execute best ('{{type.Name}}', 'psql');
            select refresh_materialized_views();
            select total_trajectories from agent_performance_summary where agent_type = '{{type.Name}}';
            select count(*) from pattern_effectiveness;
            copy (select * from agent_performance_summary) to stdout with csv header;
            copy (select * from pattern_effectiveness) to stdout;
            """);
        Assert.Contains("\"run\"|3.500000|0.5100", output, StringComparison.Ordinal);
        Assert.Contains("agent_type,display_name,total_sessions", output, StringComparison.Ordinal);
        await agent.PlayAsync(1);
        await RunAsync("""
            select relname, n_live_tup, n_dead_tup, round(100.0 * n_dead_tup / nullif(n_live_tup + n_dead_tup, 0), 1) as dead_percent
            from pg_stat_user_tables where n_live_tup + n_dead_tup > 1000 order by 4 desc nulls last;
            """);
        await Eventually.Holds(
            async () => (await type.Grain.GetBestAction(Given.State("psql")))?.QValue.Equals(3.5) == true, "the prepared call to be seen");
    }

    [Fact]
    public async Task Indexes_are_rebuilt_and_columns_added_while_agents_learn()
    {
        var type = await silo.AddAgentTypeAsync();
        using var stop = new CancellationTokenSource();
        var learning = Task.Run(async () =>
        {
            var learned = 0;
            for (; !stop.IsCancellationRequested; learned++)
            {
                await type.Grain.Learn(Given.Last($"s{learned % 50}", "a", 1), WriteMode.Durable);
            }

            return learned;
        });
        await RunAsync("""
            \set ON_ERROR_STOP on
            reindex index concurrently idx_q_values_lookup;
            alter table q_values add column mine text default 'x';
            create index concurrently idx_mine on q_values (mine);
            vacuum (analyze) q_values;
            """);
        await stop.CancelAsync();
        var updates = await learning;
        Assert.Equal(updates, await type.VisitsAsync());
        await RunAsync("""
            \set ON_ERROR_STOP on
            drop index concurrently idx_mine;
            alter table q_values drop column mine;
            """);
    }

    private async Task<string> RunAsync(string commands)
    {
        var builder = new NpgsqlConnectionStringBuilder(silo.Database.ConnectionString);
        var start = new ProcessStartInfo("psql", ["-X", "-q", "-A", "-v", "ON_ERROR_STOP=1", "-f", "-"])
        {
            RedirectStandardInput = true,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        start.Environment["PGHOST"] = builder.Host;
        start.Environment["PGPORT"] = $"{builder.Port}";
        start.Environment["PGUSER"] = builder.Username;
        start.Environment["PGPASSWORD"] = builder.Password;
        start.Environment["PGDATABASE"] = builder.Database;
        using var psql = new ChildProcess(start);
        var (output, errors) = (psql.StandardOutput.ReadToEndAsync(), psql.StandardError.ReadToEndAsync());
        await psql.StandardInput.WriteAsync(commands);
        psql.StandardInput.Close();
        await psql.WaitForExitAsync();
        Assert.True(psql.ExitCode == 0, await errors);
        return await output;
    }
}
