using System.CommandLine;
using Microsoft.Extensions.Logging.Abstractions;
using QLearning.Postgres;

namespace QLearning.Cli.Commands;

/// <summary>The database a command works on: a given one, or the embedded one, which is started if it does not run.</summary>
internal sealed class CommandDatabase : IAsyncDisposable
{
    private readonly EmbeddedPostgres? _embedded;

    private CommandDatabase(string connectionString, EmbeddedPostgres? embedded) =>
        (ConnectionString, _embedded) = (connectionString, embedded);

    public string ConnectionString { get; }

    public static async Task<CommandDatabase> OpenAsync(ClusterOptions cluster, ParseResult parsed, CancellationToken cancellationToken)
    {
        if (cluster.Given(parsed) is { } given)
        {
            return new CommandDatabase(given, null);
        }

        var options = new EmbeddedPostgresOptions { Folder = parsed.GetRequiredValue(cluster.Data) };
        var postgres = await EmbeddedPostgres.StartAsync(options, NullLogger.Instance, TimeProvider.System, cancellationToken);
        return new CommandDatabase(postgres.ConnectionString, postgres);
    }

    public ValueTask DisposeAsync() => _embedded?.DisposeAsync() ?? ValueTask.CompletedTask;
}
