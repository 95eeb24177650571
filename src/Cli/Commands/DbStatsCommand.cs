using System.CommandLine;
using Npgsql;
using QLearning.Storage.Migrations;
using QLearning.Storage.Status;

namespace QLearning.Cli.Commands;

/// <summary><c>qlearn db stats</c>: how the database is. An embedded one that does not run is started for it.</summary>
internal static class DbStatsCommand
{
    public static Command Create(Output output)
    {
        var cluster = new ClusterOptions();
        var command = new Command("stats", "Show sizes, dead rows, Q-values, top patterns, and which indexes are used.") { cluster.Json };
        cluster.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var database = await CommandDatabase.OpenAsync(cluster, parsed, mayCreate: false, cancellationToken);
            await SchemaCheck.RequireCurrentAsync(database.ConnectionString, cancellationToken);
            await using var dataSource = NpgsqlDataSource.Create(database.ConnectionString);
            var statistics = await new DatabaseStatisticsReader(dataSource).ReadAsync(cancellationToken);
            if (parsed.GetValue(cluster.Json))
            {
                output.WriteJson(statistics);
            }
            else
            {
                DatabaseStatisticsText.Print(statistics, output);
            }

            return ExitCode.Success;
        });
        return command;
    }
}
