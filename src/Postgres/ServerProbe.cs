using Npgsql;
using QLearning.Abstractions;

namespace QLearning.Postgres;

/// <summary>Asks a server that runs whether it is the one we know.</summary>
internal static class ServerProbe
{
    private const int AttemptSeconds = 5;
    private const string Maintenance = "postgres";

    /// <summary>Makes the database unless it exists.</summary>
    /// <param name="server">The server.</param>
    /// <param name="creation">How long making the database may take: its files are copied.</param>
    /// <param name="ct">Ends it.</param>
    /// <returns>Whether the server runs with fsync on.</returns>
    /// <exception cref="StorageUnavailableException">The server refuses our password.</exception>
    /// <exception cref="NpgsqlException">It does not answer, or not yet.</exception>
    public static async Task<bool> CheckAsync(EmbeddedConnection server, TimeSpan creation, CancellationToken ct)
    {
        var builder = server.Builder(Maintenance);
        builder.Pooling = false;
        builder.Timeout = AttemptSeconds;
        builder.CommandTimeout = AttemptSeconds;
        await using var connection = new NpgsqlConnection(builder.ConnectionString);
        try
        {
            await connection.OpenAsync(ct);
        }
        catch (PostgresException e) when (
            e.SqlState is PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification)
        {
            throw new StorageUnavailableException(
                $"PostgreSQL refuses the password that is kept beside its data ({server}): {e.MessageText}. "
                + "Allowed: the password that was generated when the data were made.", e);
        }
        catch (TimeoutException e)
        {
            throw new NpgsqlException(e.Message, e);
        }

        if (await AskAsync(connection, $"select count(*) from pg_database where datname = '{EmbeddedConnection.Name}'", ct) is 0L)
        {
            await AskAsync(connection, $"create database {EmbeddedConnection.Name}", ct, creation);
        }

        return await AskAsync(connection, "show fsync", ct) is "on";
    }

    private static async Task<object?> AskAsync(NpgsqlConnection connection, string sql, CancellationToken ct, TimeSpan? limit = null)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        if (limit is { } given)
        {
            command.CommandTimeout = (int)Math.Ceiling(Math.Max(AttemptSeconds, given.TotalSeconds));
        }

        return await command.ExecuteScalarAsync(ct);
    }
}
