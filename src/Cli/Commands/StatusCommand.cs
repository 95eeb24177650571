using System.CommandLine;
using System.Globalization;
using Npgsql;
using QLearning.Abstractions;
using QLearning.Client;
using QLearning.Silo.Configuration;
using QLearning.Storage.Migrations;
using QLearning.Storage.Status;
using Spectre.Console;

namespace QLearning.Cli.Commands;

/// <summary><c>qlearn status</c>: silos, agent types and what is stored, read from the database.</summary>
internal static class StatusCommand
{
    private const double BytesPerMiB = 1024 * 1024;

    public static Command Create(Output output)
    {
        var cluster = new ClusterOptions();
        var command = new Command("status", "Show the silos, the agent types and what is stored.") { cluster.Json };
        cluster.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var connectionString = cluster.FindRunning(parsed)
                ?? throw new StorageUnavailableException(
                    $"No cluster runs in '{cluster.Folder(parsed)}'. Start one with 'qlearn serve'.");
            await SchemaCheck.RequireCurrentAsync(connectionString, cancellationToken);
            await using var dataSource = NpgsqlDataSource.Create(connectionString);
            var status = await new ClusterStatusReader(dataSource).ReadAsync(ClusterId(), cancellationToken);
            if (parsed.GetValue(cluster.Json))
            {
                output.WriteJson(status);
            }
            else
            {
                Print(status, output.Result);
            }

            return ExitCode.Success;
        });
        return command;
    }

    private static string ClusterId()
    {
        var options = new QLearningClientOptions();
        SiloConfiguration.FindCluster(options);
        return options.ClusterId;
    }

    private static void Print(ClusterStatus status, IAnsiConsole console)
    {
        var silos = Tables.Create("silo", ">gateway", "host", "started", ">alive");
        foreach (var silo in status.Silos)
        {
            silos.AddRow(
                Markup.Escape(silo.Address), silo.GatewayPort.ToString(CultureInfo.InvariantCulture), Markup.Escape(silo.Host),
                Time(silo.StartedAt), Age(silo.AliveAt));
        }

        var types = Tables.Create("agent type", ">states", ">Q-values", ">visits", ">trajectories", ">learned");
        AgentTypeStatus[] known = [.. status.AgentTypes.Where(type => type.QValues > 0 || type.Trajectories > 0)];
        foreach (var type in known)
        {
            types.AddRow(
                Markup.Escape(type.AgentType),
                Counted.Short(type.States),
                Counted.Short(type.QValues),
                Counted.Short(type.Visits),
                Counted.Short(type.Trajectories),
                type.LastUpdated is { } time ? Age(time) : "-");
        }

        if (status.Silos.Count > 0)
        {
            console.Write(silos);
            console.WriteLine();
        }

        if (known.Length > 0)
        {
            console.Write(types);
            console.WriteLine();
        }

        if (status.AgentTypes.Except(known).Select(type => type.AgentType).ToArray() is { Length: > 0 } others)
        {
            console.WriteLine($"Nothing is stored of {Counted.Of(others.Length, "agent type")}: {string.Join(", ", others)}.");
        }

        console.WriteLine(MaintenanceText.Of(MaintenanceJob.CleanUp, status.Maintenance.CleanUp));
        console.WriteLine(MaintenanceText.Of(MaintenanceJob.RefreshViews, status.Maintenance.RefreshViews));
        console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{Counted.Of(status.Silos.Count, "silo")} active, database {status.DatabaseBytes / BytesPerMiB:N1} MiB"));
    }

    private static string Time(DateTimeOffset time) =>
        time.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    // Seen from this machine's clock; one that goes behind the database's shows 0 s.
    private static string Age(DateTimeOffset time)
    {
        var age = TimeProvider.System.GetUtcNow() - time;
        return string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, Largest(age)):0} {Unit(age)} ago");
    }

    private static double Largest(TimeSpan age) => Math.Floor(Unit(age) switch
    {
        "s" => age.TotalSeconds,
        "min" => age.TotalMinutes,
        "h" => age.TotalHours,
        _ => age.TotalDays,
    });

    private static string Unit(TimeSpan age) => age switch
    {
        { TotalMinutes: < 2 } => "s",
        { TotalHours: < 2 } => "min",
        { TotalDays: < 2 } => "h",
        _ => "d",
    };
}
