namespace QLearning.Storage.Status;

/// <summary>How many connections PostgreSQL has, of how many it allows; the metrics and <c>qlearn db stats</c> say the same.</summary>
internal static class ServerConnections
{
    /// <summary>The connections of all programs: also a role without rights to others' activity sees these counts.</summary>
    public const string Used = "(select sum(numbackends) from pg_stat_database)::bigint";

    /// <summary>How many it allows to those who are no superusers. Reserved connections are new in version 16.</summary>
    public const string Allowed = """
        current_setting('max_connections')::bigint - current_setting('superuser_reserved_connections')::bigint
        - coalesce(current_setting('reserved_connections', true), '0')::bigint
        """;
}
