using Npgsql;
using QLearning.Abstractions;

namespace QLearning.Storage.Migrations;

/// <summary>Refuses to run on a schema that is not the program's own.</summary>
public static class SchemaCheck
{
    /// <summary>Returns when the database has exactly the migrations of this program. Changes nothing.</summary>
    /// <param name="connectionString">The connection string for Npgsql.</param>
    /// <param name="cancellationToken">Stops the comparison.</param>
    /// <exception cref="DatabaseNewerException">The database has migrations that this program does not know.</exception>
    /// <exception cref="DatabaseOutdatedException">The database lacks migrations.</exception>
    /// <exception cref="StorageUnavailableException">
    /// The connection string cannot be read, or the server cannot be reached or refused the user.
    /// </exception>
    public static async Task RequireCurrentAsync(string connectionString, CancellationToken cancellationToken)
    {
        var status = await SchemaMigrator.GetStatusAsync(connectionString, cancellationToken);
        if (status.IsNewer)
        {
            throw SchemaMigrator.NewerError(Name(connectionString), status, MigrationScript.All);
        }

        if (!status.IsCurrent)
        {
            throw new DatabaseOutdatedException(
                $"The PostgreSQL database {Name(connectionString)} lacks "
                + (status.Pending.Count == 1 ? "a migration, " : $"{status.Pending.Count} migrations, the first is ")
                + $"{status.Pending[0]}. "
                + "Run 'qlearn db migrate' with the same connection string.");
        }
    }

    private static string Name(string connectionString) => new NpgsqlConnectionStringBuilder(connectionString).Database ?? string.Empty;
}
