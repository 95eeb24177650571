using System.CommandLine;
using Microsoft.Extensions.Logging.Abstractions;
using QLearning.Abstractions;
using QLearning.Postgres;

namespace QLearning.Cli.Commands;

/// <summary>The database a command works on: a given one, or the embedded one, which is started if it does not run.</summary>
internal sealed class CommandDatabase : IAsyncDisposable
{
    private readonly EmbeddedPostgres? _embedded;

    private CommandDatabase(string connectionString, EmbeddedPostgres? embedded) =>
        (ConnectionString, _embedded) = (connectionString, embedded);

    public string ConnectionString { get; }

    /// <summary>Opens it.</summary>
    /// <param name="cluster">The options that name it.</param>
    /// <param name="parsed">What was typed.</param>
    /// <param name="mayCreate">Whether a folder without a database gets one.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    /// <exception cref="InvalidInputException">There is no database in the folder, and none is to be made.</exception>
    public static async Task<CommandDatabase> OpenAsync(
        ClusterOptions cluster, ParseResult parsed, bool mayCreate, CancellationToken cancellationToken)
    {
        if (cluster.Given(parsed) is { } given)
        {
            return new CommandDatabase(given, null);
        }

        var folder = cluster.Folder(parsed);
        if (!mayCreate && !EmbeddedPostgres.HasData(folder))
        {
            throw InvalidInputException.For(
                "data folder", folder, "it has no database", "a folder that 'qlearn serve' or 'qlearn db migrate' made one in");
        }

        var options = new EmbeddedPostgresOptions { Folder = folder };
        var postgres = await EmbeddedPostgres.StartAsync(options, NullLogger.Instance, TimeProvider.System, cancellationToken);
        return new CommandDatabase(postgres.ConnectionString, postgres);
    }

    public ValueTask DisposeAsync() => _embedded?.DisposeAsync() ?? ValueTask.CompletedTask;
}
