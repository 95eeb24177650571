using Npgsql;
using QLearning.Abstractions;

namespace QLearning.Storage.Migrations;

/// <summary>The database to migrate: opens its connections and says what went wrong in words that hold no password.</summary>
internal sealed class MigrationDatabase : IAsyncDisposable
{
    private readonly NpgsqlDataSource _dataSource;

    /// <exception cref="StorageUnavailableException">The connection string cannot be read.</exception>
    public MigrationDatabase(string connectionString)
    {
        try
        {
            // Not pooled: lock and scripts need two connections, which a pool of one would never give. Without a command timeout: an
            // index of a large table takes its time.
            var builder = new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false, CommandTimeout = 0, Enlist = false };
            Name = $"'{builder.Database ?? builder.Username}' on '{builder.Host}'";
            _dataSource = NpgsqlDataSource.Create(builder);
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException or InvalidOperationException)
        {
            // The cause may quote any part of the string, even of the password, so it is not passed on.
            throw new StorageUnavailableException(
                "The PostgreSQL connection string cannot be read. Expected: keywords such as Host=...;Port=...;Database=...;Username=..., "
                + "and in quotes each value that holds a semicolon.");
        }
    }

    /// <summary>Database and host, for messages.</summary>
    public string Name { get; }

    /// <summary>A closed connection.</summary>
    public NpgsqlConnection CreateConnection() => _dataSource.CreateConnection();

    /// <summary>Runs work on an open connection of its own.</summary>
    /// <exception cref="StorageUnavailableException">The server cannot be reached, or refused the connection or the work.</exception>
    public async Task<T> RunAsync<T>(Func<NpgsqlConnection, Task<T>> work, CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = CreateConnection();
            await connection.OpenAsync(cancellationToken);
            return await work(connection);
        }
        catch (Exception exception) when (PostgresErrors.IsFromDatabase(exception))
        {
            throw Unavailable(exception);
        }
    }

    /// <summary>Says that the database cannot be used.</summary>
    public StorageUnavailableException Unavailable(Exception cause)
    {
        var reason = cause is PostgresException refused ? $"{refused.MessageText} (SQLSTATE {refused.SqlState})" : cause.Message;
        return new StorageUnavailableException(
            $"The PostgreSQL database {Name} cannot be used: {reason.TrimEnd('.')}. Expected: a running server and a user who may create "
            + "tables in it.",
            cause);
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync() => _dataSource.DisposeAsync();
}
