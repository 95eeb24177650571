using DbUp;
using DbUp.Engine;
using DbUp.Engine.Transactions;
using Microsoft.Extensions.Logging;
using Npgsql;
using QLearning.Abstractions;
using QLearning.Storage.Sql;

namespace QLearning.Storage.Migrations;

/// <summary>Runs one migration and its journal entry in one transaction.</summary>
/// <param name="database">The database.</param>
/// <param name="schema">Where the journal is.</param>
/// <param name="searchPath">Where names are looked for; null: where the user's are.</param>
/// <param name="logger">Learns of each migration.</param>
internal sealed class ScriptRunner(MigrationDatabase database, string schema, string? searchPath, ILogger logger)
{
    /// <summary>Runs a migration that the journal does not have yet.</summary>
    /// <exception cref="MigrationFailedException">PostgreSQL refused it.</exception>
    /// <exception cref="StorageUnavailableException">The connection was lost.</exception>
    public async Task RunAsync(MigrationScript script, CancellationToken cancellationToken)
    {
        var path = searchPath is null ? string.Empty : $"set local search_path = {searchPath};\n";
        logger.MigrationRunning(script.Name, database.Name);
        var engine = DeployChanges.To
            .PostgresqlDatabase(new WholeScripts(OpenConnection))
            .JournalToPostgresqlTable(schema, MigrationJournal.TableName)
            .WithScript(new SqlScript(script.Name, $"{TimeLimits.Lift};\n{path}{script.Sql}"))
            .WithTransactionPerScript()
            .WithVariablesDisabled()
            .WithExecutionTimeout(TimeSpan.Zero)
            .LogToNowhere()
            .Build();
        var result = await Task.Run(engine.PerformUpgrade, cancellationToken);
        if (!result.Successful)
        {
            throw Explain(script, result.Error);
        }
    }

    private QLearningException Explain(MigrationScript script, Exception error) => error switch
    {
        PostgresException refused => new MigrationFailedException(
            $"The migration '{script.Name}' of the PostgreSQL database {database.Name} failed and changed nothing: "
            + $"{refused.MessageText} (SQLSTATE {refused.SqlState}).{(refused.Hint is null ? string.Empty : " " + refused.Hint)}",
            refused),
        _ when PostgresErrors.IsFromDatabase(error) => new StorageUnavailableException(
            $"The connection to the PostgreSQL database {database.Name} was lost in the migration '{script.Name}': {error.Message}", error),
        _ => new MigrationFailedException(
            $"The migration '{script.Name}' of the PostgreSQL database {database.Name} could not be run: {error.Message}", error),
    };

    private NpgsqlConnection OpenConnection()
    {
        var connection = database.CreateConnection();
        connection.Notice += (_, e) =>
        {
            if (e.Notice.InvariantSeverity == "WARNING")
            {
                logger.MigrationWarned(database.Name, e.Notice.MessageText);
            }
        };
        return connection;
    }

    /// <summary>Gives a script to Npgsql as it is: Npgsql knows where a statement of PostgreSQL ends.</summary>
    private sealed class WholeScripts(Func<NpgsqlConnection> open) : DatabaseConnectionManager(new DelegateConnectionFactory(_ => open()))
    {
        public override IEnumerable<string> SplitScriptIntoCommands(string scriptContents) => [scriptContents];
    }
}
