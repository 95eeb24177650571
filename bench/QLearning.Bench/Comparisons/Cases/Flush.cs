using System.Diagnostics;
using Npgsql;
using QLearning.Bench.Comparisons.Grains;
using QLearning.Bench.Rivals;

namespace QLearning.Bench.Comparisons.Cases;

/// <summary>
/// Q-values flushed: code inside the silo changes all Q-values of each of the registered agent types, waits until they are durable, and
/// begins again. So each flush updates every row of its tables: the hardest case for HOT updates.
/// </summary>
internal sealed class Flush : IComparison
{
    private const string Updates = """
        select n_tup_upd, n_tup_hot_upd from pg_stat_user_tables where relname = 'q_values'
        """;

    public string Name => "flush";

    public string Description => "Q-values flushed a second, and the share of HOT updates, against the SQL upsert row by row.";

    public async Task<Contest> PrepareAsync(Surroundings surroundings, CancellationToken cancellationToken)
    {
        var types = await surroundings.Client.GetAgentTypesAsync(cancellationToken);
        string[] names = [.. types.Select(type => type.AgentType).Take(Surroundings.Connections)];
        return new Contest(
            "Q-values/s",
            new Contender("flush", (_, token) => FlushAsync(surroundings, names, token)),
            [Learn.Upsert(surroundings.Callers, "SQL", new SqlCalls(surroundings.Sql))],
            [Goal.AtLeast("Q-values/s", 100_000), Goal.Times("SQL", 10), Goal.ExtraAtLeast("HOT share", 0.95)]);
    }

    private static async Task<Sample> FlushAsync(Surroundings surroundings, string[] types, CancellationToken cancellationToken)
    {
        var before = await CountUpdatesAsync(surroundings.Database, cancellationToken);
        var began = Stopwatch.GetTimestamp();
        var flushed = await Task.WhenAll(types.Select((type, i) =>
            surroundings.Orleans.GetGrain<IInsideWriter>(i).Write(type, surroundings.Callers.Duration).AsTask()));
        var took = Stopwatch.GetElapsedTime(began);
        var after = await CountUpdatesAsync(surroundings.Database, cancellationToken);
        return new Sample(flushed.Sum() / took.TotalSeconds)
        {
            Extra = (after.Hot - before.Hot) / (double)Math.Max(1, after.All - before.All),
        };
    }

    private static async Task<(long All, long Hot)> CountUpdatesAsync(NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Updates);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return (reader.GetInt64(0), reader.GetInt64(1));
    }
}
