using Npgsql;

namespace QLearning.Storage.Migrations;

/// <summary>
/// The search path with which the migrations find the extensions they use. Managed PostgreSQL often has them in a schema of their own,
/// which is not on the user's path.
/// </summary>
internal static class ExtensionPath
{
    // The user's path first: what is created goes where it always went.
    private const string Path = """
        select (select string_agg(quote_ident(name), ', ' order by place)
                from unnest(current_schemas(false)) with ordinality p (name, place))
               || ', ' || elsewhere.names
        from (select string_agg(distinct quote_ident(n.nspname), ', ') as names
              from pg_extension e join pg_namespace n on n.oid = e.extnamespace
              where e.extname in ('pg_trgm', 'btree_gin') and n.nspname <> all (current_schemas(true))) elsewhere
        """;

    /// <summary>The path; null: the user's own finds them, or they are yet to be made.</summary>
    public static async Task<string?> ReadAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Path, connection);
        return await command.ExecuteScalarAsync(cancellationToken) as string;
    }
}
