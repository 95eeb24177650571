using Npgsql;
using QLearning.Abstractions;
using QLearning.Storage.Sql;

namespace QLearning.Storage.Migrations;

/// <summary>The table in which the database remembers the migrations it has.</summary>
internal static class MigrationJournal
{
    /// <summary>
    /// The name says whose it is: other tools keep a <c>schema_migrations</c> in the databases that we may be asked to adopt.
    /// </summary>
    public const string TableName = "qlearning_migrations";

    /// <summary>The schema that unqualified names are created in.</summary>
    /// <exception cref="StorageUnavailableException">The search path names no schema that exists.</exception>
    public static async Task<string> GetSchemaAsync(NpgsqlConnection connection, string databaseName, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select current_schema()::text", connection);
        return await command.ExecuteScalarAsync(cancellationToken) as string
            ?? throw new StorageUnavailableException(
                $"The search path of the PostgreSQL database {databaseName} names no schema that exists. Expected: one, such as public.");
    }

    /// <summary>Compares the journal with the migrations this program has.</summary>
    public static async Task<SchemaStatus> CompareAsync(
        NpgsqlConnection connection, string schema, IReadOnlyList<MigrationScript> scripts, CancellationToken cancellationToken)
    {
        var stored = await ReadAsync(connection, schema, cancellationToken);
        var applied = stored?.ToHashSet(StringComparer.Ordinal) ?? [];
        var known = scripts.Select(script => script.Name).ToList();
        var newer = applied.Where(name => !MigrationScript.IsFunction(name)).Except(known, StringComparer.Ordinal);
        return new SchemaStatus(
            stored is not null,
            known.Where(applied.Contains).ToList(),
            known.Where(name => !applied.Contains(name)).ToList(),
            newer.Concat(NewerFunctions(stored ?? [], known)).Order(StringComparer.Ordinal).ToList());
    }

    /// <summary>
    /// Texts of functions that came after the one that this program has. Those that it has never had do not count: texts that it replaces,
    /// and functions that only a newer program calls.
    /// </summary>
    private static IEnumerable<string> NewerFunctions(List<string> stored, List<string> known) =>
        from newest in stored.Where(MigrationScript.IsFunction).GroupBy(MigrationScript.FileOf).Select(texts => texts.Last())
        where !known.Contains(newest)
            && known.Any(name => MigrationScript.FileOf(name) == MigrationScript.FileOf(newest) && stored.Contains(name))
        select newest;

    /// <summary>The names in the order in which they were applied; null: there is no journal.</summary>
    private static async Task<List<string>?> ReadAsync(NpgsqlConnection connection, string schema, CancellationToken cancellationToken)
    {
        await using var exists = new NpgsqlCommand(
            "select exists (select from pg_tables where schemaname = $1 and tablename = $2)", connection);
        exists.Parameters.AddText(schema).AddText(TableName);
        if (!(bool)(await exists.ExecuteScalarAsync(cancellationToken))!)
        {
            return null;
        }

        var quoted = new NpgsqlCommandBuilder().QuoteIdentifier(schema);
        await using var command = new NpgsqlCommand($"select scriptname from {quoted}.{TableName} order by schemaversionsid", connection);
        return await command.ReadAllAsync(reader => reader.GetString(0), cancellationToken);
    }
}
