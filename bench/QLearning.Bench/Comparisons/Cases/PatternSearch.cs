using System.Globalization;
using Npgsql;
using NpgsqlTypes;

namespace QLearning.Bench.Comparisons.Cases;

/// <summary>Patterns by a misspelt name, among 10,000.</summary>
internal sealed class PatternSearch : IComparison
{
    private const int Patterns = 10_000;

    private const string Insert = """
        insert into patterns (agent_type, pattern_name, pattern_type, pattern_data)
        select 'test-generator', name, 'template', '{}' from unnest($1) as name on conflict do nothing
        """;

    private const string Search = """
        select pattern_id, pattern_name, pattern_data, similarity(pattern_name, $1) from patterns
        where pattern_name % $1 and agent_type = 'test-generator'
        order by similarity(pattern_name, $1) desc limit 20
        """;

    private static readonly string[] _verbs = [
        "retry", "mock", "stub", "fuzz", "boundary", "snapshot", "assert", "isolate", "parallel", "record"];
    private static readonly string[] _nouns = [
        "payment", "login", "search", "checkout", "report", "upload", "invoice", "profile", "session", "cart"];
    private static readonly string[] _kinds = [
        "timeout", "null", "overflow", "race", "leak", "order", "locale", "cache", "network", "schema"];

    public string Name => "pattern-search";

    public string Description => "Pattern search by fuzzy name among 10,000, against SQL similarity with its GIN index.";

    public async Task<Contest> PrepareAsync(Surroundings surroundings, CancellationToken cancellationToken)
    {
        await FillAsync(surroundings.Database, cancellationToken);
        var library = surroundings.Client.Patterns(Workload.AgentType);
        await library.ReloadAsync(cancellationToken);
        var callers = surroundings.Callers;
        return new Contest(
            "searches/s",
            callers.Contender("client", (_, random) => library.SearchAsync(Misspelt(random), CancellationToken.None)),
            [callers.Contender("SQL", (_, random) => SearchAsync(surroundings.Sql, Misspelt(random)))],
            [Goal.Times("SQL", 5)]);
    }

    private static async Task FillAsync(NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        await using var insert = database.CreateCommand(Insert);
        string[] names = [.. Enumerable.Range(0, Patterns).Select(NameOf)];
        insert.Parameters.Add(new NpgsqlParameter { Value = names, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Varchar });
        await insert.ExecuteNonQueryAsync(cancellationToken);
        await using var analyze = database.CreateCommand("vacuum analyze patterns");
        await analyze.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task SearchAsync(NpgsqlDataSource sql, string name)
    {
        await using var command = sql.CreateCommand(Search);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = name });
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
        }
    }

    private static string NameOf(int i) => string.Create(
        CultureInfo.InvariantCulture, $"{_verbs[i % 10]} {_nouns[i / 10 % 10]} {_kinds[i / 100 % 10]} {i / 1000}");

    // A letter is missing.
    private static string Misspelt(Random random) => NameOf(random.Next(Patterns)).Remove(random.Next(1, 6), 1);
}
