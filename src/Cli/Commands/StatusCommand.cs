using System.CommandLine;
using System.Globalization;
using Npgsql;
using QLearning.Abstractions;
using QLearning.Silo;
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
                    $"No cluster runs in '{parsed.GetRequiredValue(cluster.Data)}'. Start one with 'qlearn serve'.");
            await SchemaCheck.RequireCurrentAsync(connectionString, cancellationToken);
            await using var dataSource = NpgsqlDataSource.Create(connectionString);
            var status = await new ClusterStatusReader(dataSource).ReadAsync(new SiloSettings().ClusterId, cancellationToken);
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

    private static void Print(ClusterStatus status, IAnsiConsole console)
    {
        var silos = new Table().Title("Silos").AddColumns("address", "gateway", "host", "started", "alive");
        foreach (var silo in status.Silos)
        {
            silos.AddRow(
                Markup.Escape(silo.Address), Number(silo.GatewayPort, "0"), Markup.Escape(silo.Host), Time(silo.StartedAt),
                Time(silo.AliveAt));
        }

        var types = new Table().Title("Agent types")
            .AddColumns("agent type", "states", "Q-values", "visits", "trajectories", "last update", "epoch");
        foreach (var column in new[] { 1, 2, 3, 4, 6 })
        {
            types.Columns[column].RightAligned();
        }

        foreach (var type in status.AgentTypes)
        {
            types.AddRow(
                Markup.Escape(type.AgentType),
                Number(type.States),
                Number(type.QValues),
                Number(type.Visits),
                Number(type.Trajectories),
                type.LastUpdated is { } time ? Time(time) : "-",
                Number(type.Epoch));
        }

        console.Write(silos);
        console.Write(types);
        console.WriteLine(MaintenanceText.Of(MaintenanceJob.CleanUp, status.Maintenance.CleanUp));
        console.WriteLine(MaintenanceText.Of(MaintenanceJob.RefreshViews, status.Maintenance.RefreshViews));
        console.MarkupLineInterpolated(
            CultureInfo.InvariantCulture, $"{status.Silos.Count} silos active, database {status.DatabaseBytes / BytesPerMiB:N1} MiB");
    }

    private static string Number(long number, string format = "N0") => number.ToString(format, CultureInfo.InvariantCulture);

    private static string Time(DateTimeOffset time) =>
        time.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
