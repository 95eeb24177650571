using System.CommandLine;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using QLearning.Abstractions;
using QLearning.Storage.Migrations;
using QLearning.Storage.Roles;

namespace QLearning.Cli.Commands;

/// <summary><c>qlearn db migrate|url|status|check|stats|size|roles</c>: the database without a silo.</summary>
internal static class DbCommand
{
    public static Command Create(Output output) => new("db", "Work on the database.")
    {
        Create(output, "migrate", "Bring the schema to what this program needs; every row is kept.", MigrateAsync),
        CreateUrl(output),
        Create(output, "status", "List the migrations that are applied and missing.", PrintStatusAsync),
        DbCheckCommand.Create(output),
        DbRolesCommand.Create(output),
        DbStatsCommand.Create(output),
        DbSizeCommand.Create(output),
    };

    private static Command Create(
        Output output, string name, string description, Func<ClusterOptions, ParseResult, Output, CancellationToken, Task<int>> run)
    {
        var cluster = new ClusterOptions();
        var command = new Command(name, description);
        cluster.AddTo(command);
        command.Add(cluster.Json);
        command.SetAction((parsed, cancellationToken) => run(cluster, parsed, output, cancellationToken));
        return command;
    }

    private static async Task<int> MigrateAsync(
        ClusterOptions cluster, ParseResult parsed, Output output, CancellationToken cancellationToken)
    {
        await using var database = await CommandDatabase.OpenAsync(cluster, parsed, mayCreate: true, cancellationToken);
        var report = await SchemaMigrator.MigrateAsync(database.ConnectionString, NullLogger.Instance, cancellationToken);
        var createRight = await DatabaseRoles.GrantAgainAsync(database.ConnectionString, cancellationToken);
        if (parsed.GetValue(cluster.Json))
        {
            output.WriteJson(report);
            return ExitCode.Success;
        }

        foreach (var name in report.Applied)
        {
            output.WriteLine($"applied {name}");
        }

        output.WriteLine($"The schema is at {report.Version}; {Counted.Of(report.Applied.Count, "migration")} applied.");
        DbRolesCommand.Say(createRight, output);
        return ExitCode.Success;
    }

    private static Command CreateUrl(Output output)
    {
        var npgsql = new Option<bool>("--npgsql") { Description = "Print it as .NET programs take it: keywords instead of a URL." };
        var command = Create(
            output,
            "url",
            "Print the address of the running database, for psql.",
            (cluster, parsed, _, _) => Task.FromResult(PrintUrl(cluster, parsed, output, parsed.GetValue(npgsql))));
        command.Add(npgsql);
        return command;
    }

    private static int PrintUrl(ClusterOptions cluster, ParseResult parsed, Output output, bool asKeywords)
    {
        var running = cluster.FindRunning(parsed) ?? throw new StorageUnavailableException(
            $"No PostgreSQL runs in '{cluster.Folder(parsed)}'. Start one with 'qlearn serve'.");
        var url = asKeywords ? running : PostgresUrl.From(new NpgsqlConnectionStringBuilder(running));
        if (parsed.GetValue(cluster.Json))
        {
            output.WriteJson(new { url });
        }
        else
        {
            output.WriteLine(url);
        }

        return ExitCode.Success;
    }

    private static async Task<int> PrintStatusAsync(
        ClusterOptions cluster, ParseResult parsed, Output output, CancellationToken cancellationToken)
    {
        await using var database = await CommandDatabase.OpenAsync(cluster, parsed, mayCreate: false, cancellationToken);
        var status = await SchemaMigrator.GetStatusAsync(database.ConnectionString, cancellationToken);
        if (parsed.GetValue(cluster.Json))
        {
            output.WriteJson(status);
            return ExitCode.Success;
        }

        Array.ForEach([.. status.Applied], name => output.WriteLine($"applied  {name}"));
        Array.ForEach([.. status.Pending], name => output.WriteLine($"missing  {name}"));
        Array.ForEach([.. status.Unknown], name => output.WriteLine($"unknown  {name}"));
        output.WriteLine(status switch
        {
            { IsNewer: true } => "The database is newer than this program.",
            { IsCurrent: true } => "The schema is up to date.",
            _ => "Run 'qlearn db migrate'.",
        });
        return ExitCode.Success;
    }
}
