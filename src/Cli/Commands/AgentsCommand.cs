using System.CommandLine;
using System.Globalization;
using QLearning.Abstractions;
using Spectre.Console;

namespace QLearning.Cli.Commands;

/// <summary><c>qlearn agents</c>: the agents of a type, as they are stored.</summary>
internal static class AgentsCommand
{
    public static Command Create(Output output)
    {
        var cluster = new ClusterOptions();
        var type = new Argument<string>("type") { Description = "The agent type." };
        var prefix = new Option<string?>("--prefix") { Description = "Only agents whose names begin so.", HelpName = "text" };
        var limit = RunningCluster.Limit();
        var command = new Command("agents", "List the agents of a type.") { type, prefix, limit, cluster.Json };
        cluster.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var client = await RunningCluster.ConnectAsync(cluster, parsed, cancellationToken);
            var wanted = new AgentQuery { AgentType = parsed.GetRequiredValue(type), Prefix = parsed.GetValue(prefix) };
            var agents = await RunningCluster.ReadAsync<AgentInfo, string>(parsed.GetValue(limit), async (rows, after) =>
            {
                var page = await client.AgentType(wanted.AgentType)
                    .GetAgentsAsync(wanted with { Limit = rows, After = after }, cancellationToken);
                return (page.Agents, page.Next);
            });
            if (parsed.GetValue(cluster.Json))
            {
                output.WriteJson(agents);
            }
            else
            {
                Print(agents, output);
            }

            return ExitCode.Success;
        });
        return command;
    }

    private static void Print(List<AgentInfo> agents, Output output)
    {
        var table = Tables.Create("agent", "status", ">episodes", ">success", ">mean reward", ">ε", ">α");
        foreach (var agent in agents)
        {
            table.AddRow(
                Markup.Escape(agent.Instance),
                agent.Status.ToString().ToLowerInvariant(),
                Counted.Short(agent.TotalTasks),
                agent.TotalTasks == 0
                    ? "-"
                    : ((double)agent.SuccessfulTasks / agent.TotalTasks).ToString("P0", CultureInfo.InvariantCulture),
                agent.AverageReward.ToString("0.##", CultureInfo.InvariantCulture),
                agent.ExplorationRate.ToString("0.####", CultureInfo.InvariantCulture),
                agent.LearningRate.ToString("0.####", CultureInfo.InvariantCulture));
        }

        output.Result.Write(table);
        output.WriteLine(Counted.Of(agents.Count, "agent"));
    }
}
