using System.CommandLine;
using System.Globalization;
using Npgsql;
using QLearning.Storage.Checks;
using QLearning.Storage.Migrations;

namespace QLearning.Cli.Commands;

/// <summary><c>qlearn db check</c>: proves that tables and views agree with each other.</summary>
internal static class DbCheckCommand
{
    private const int Examples = 10;

    public static Command Create(Output output)
    {
        var cluster = new ClusterOptions();
        var asIs = new Option<bool>("--no-refresh") { Description = "Compare the views as they are instead of refreshing them first." };
        var command = new Command("check", "Prove that sums agree: agents, sessions, rewards, visit counts, views.") { cluster.Json, asIs };
        cluster.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var database = await CommandDatabase.OpenAsync(cluster, parsed, mayCreate: false, cancellationToken);
            await SchemaCheck.RequireCurrentAsync(database.ConnectionString, cancellationToken);
            await using var dataSource = NpgsqlDataSource.Create(database.ConnectionString);
            var results = await new ConsistencyCheck(dataSource, TimeProvider.System)
                .RunAsync(!parsed.GetValue(asIs), Examples, cancellationToken);
            var isConsistent = results.All(result => result.Violations == 0);
            if (parsed.GetValue(cluster.Json))
            {
                output.WriteJson(new { isConsistent, checks = results });
            }
            else
            {
                Print(results, isConsistent, output);
            }

            return isConsistent ? ExitCode.Success : ExitCode.Failure;
        });
        return command;
    }

    private static void Print(IReadOnlyList<CheckResult> results, bool isConsistent, Output output)
    {
        foreach (var result in results)
        {
            var verdict = result.Violations == 0 ? "ok    " : "WRONG ";
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{verdict} {result.Name} ({result.Checked:N0} checked, {result.Violations:N0} wrong)"));
            foreach (var example in result.Examples)
            {
                output.WriteLine($"         {example}");
            }
        }

        output.WriteLine(isConsistent ? "Everything agrees." : "Something does not agree.");
    }
}
