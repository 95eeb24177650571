using DbUp;
using DbUp.Engine;
using DbUp.Engine.Transactions;
using Microsoft.Extensions.Logging;
using Npgsql;
using QLearning.Abstractions;
using QLearning.Storage.Sql;

namespace QLearning.Storage.Migrations;

/// <summary>Runs migrations, each with its journal entry in one transaction, on one connection.</summary>
/// <param name="database">The database.</param>
/// <param name="schema">Where the journal is.</param>
/// <param name="searchPath">Where names are looked for; null: where the user's are.</param>
/// <param name="logger">Learns of each migration.</param>
internal sealed class ScriptRunner(MigrationDatabase database, string schema, string? searchPath, ILogger logger)
{
    /// <summary>Runs those that the journal does not have yet, in the order in which they are given.</summary>
    /// <exception cref="MigrationFailedException">PostgreSQL refused one. Those before it stay applied.</exception>
    /// <exception cref="StorageUnavailableException">The connection was lost.</exception>
    /// <exception cref="OperationCanceledException">Cancelled between two migrations.</exception>
    public async Task RunAsync(IEnumerable<MigrationScript> scripts, CancellationToken cancellationToken)
    {
        var engine = DeployChanges.To
            .PostgresqlDatabase(new WholeScripts(OpenConnection))
            .JournalToPostgresqlTable(schema, MigrationJournal.TableName)
            .WithScripts(scripts.Select((script, place) => ToRun(script, place, cancellationToken)))
            .WithTransactionPerScript()
            .WithVariablesDisabled()
            .WithExecutionTimeout(TimeSpan.Zero)
            .LogToNowhere()
            .Build();
        var result = await Task.Run(engine.PerformUpgrade, cancellationToken);
        if (!result.Successful)
        {
            if (result.Error is OperationCanceledException)
            {
                cancellationToken.ThrowIfCancellationRequested();
            }

            throw Explain(result.ErrorScript?.Name, result.Error);
        }
    }

    // The engine asks for a text when its turn has come.
    private LazySqlScript ToRun(MigrationScript script, int place, CancellationToken cancellationToken) => new(
        script.Name,
        new SqlScriptOptions { RunGroupOrder = place },
        () =>
        {
            cancellationToken.ThrowIfCancellationRequested();
            logger.MigrationRunning(script.Name, database.Name);
            var path = searchPath is null ? string.Empty : $"set local search_path = {searchPath};\n";
            return $"{TimeLimits.Lift};\n{path}{script.Sql}";
        });

    // Without a script: the connection was not opened, or the journal not read.
    private QLearningException Explain(string? script, Exception error) => error switch
    {
        _ when script is null && PostgresErrors.IsFromDatabase(error) => database.Unavailable(error),
        PostgresException refused => new MigrationFailedException(
            $"The migration '{script}' of the PostgreSQL database {database.Name} failed and changed nothing: "
            + $"{refused.MessageText} (SQLSTATE {refused.SqlState}).{(refused.Hint is null ? string.Empty : " " + refused.Hint)}",
            refused),
        _ when PostgresErrors.IsFromDatabase(error) => new StorageUnavailableException(
            $"The connection to the PostgreSQL database {database.Name} was lost in the migration '{script}': {error.Message}", error),
        _ => new MigrationFailedException(
            $"The migration '{script}' of the PostgreSQL database {database.Name} could not be run: {error.Message}", error),
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
