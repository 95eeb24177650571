using System.CommandLine;
using QLearning.Abstractions;
using QLearning.Client;

namespace QLearning.Cli.Commands;

/// <summary><c>qlearn maintenance</c>: clean-up and view refresh on demand, done by the running cluster.</summary>
internal static class MaintenanceCommand
{
    public static Command Create(Output output)
    {
        var cluster = new ClusterOptions();
        var run = new Command("run", "Delete what has expired and refresh the views, now.") { cluster.Json };
        var status = new Command("status", "Show what was done last.") { cluster.Json };
        foreach (var command in new[] { run, status })
        {
            cluster.AddTo(command);
        }

        run.SetAction((parsed, cancellationToken) =>
            ShowAsync(cluster, parsed, output, client => client.Maintenance.RunAsync(cancellationToken), cancellationToken));
        status.SetAction((parsed, cancellationToken) =>
            ShowAsync(cluster, parsed, output, client => client.Maintenance.GetStatusAsync(cancellationToken), cancellationToken));
        return new Command("maintenance", "Clean up and refresh the views, which the cluster also does by itself.") { run, status };
    }

    private static async Task<int> ShowAsync(
        ClusterOptions cluster, ParseResult parsed, Output output, Func<QLearningClient, Task<MaintenanceStatus>> ask,
        CancellationToken cancellationToken)
    {
        await using var client = await RunningCluster.ConnectAsync(cluster, parsed, cancellationToken);
        var status = await ask(client);
        if (parsed.GetValue(cluster.Json))
        {
            output.WriteJson(status);
        }
        else
        {
            output.WriteLine(MaintenanceText.Of(MaintenanceJob.CleanUp, status.CleanUp));
            output.WriteLine(MaintenanceText.Of(MaintenanceJob.RefreshViews, status.RefreshViews));
        }

        return status.CleanUp?.Error is null && status.RefreshViews?.Error is null ? ExitCode.Success : ExitCode.Failure;
    }
}
