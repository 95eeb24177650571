using System.CommandLine;
using QLearning.Abstractions;
using QLearning.Client;

namespace QLearning.Cli.Commands;

/// <summary><c>qlearn delete</c>: an agent type, an agent or a pattern, with what hangs on it.</summary>
internal static class DeleteCommand
{
    public static Command Create(Output output)
    {
        var type = new Argument<string>("type") { Description = "The agent type." };
        var name = new Argument<string>("name") { Description = "The agent's name." };
        var id = new Argument<Guid>("id") { Description = "The pattern's id." };
        return new Command("delete", "Delete an agent type, an agent or a pattern, with what hangs on it.")
        {
            Of(
                new Command("type", "Delete an agent type with Q-values, trajectories, rewards, sessions, agents and patterns.") { type },
                output,
                parsed => $"the agent type '{parsed.GetRequiredValue(type)}'",
                (client, parsed, isDryRun, token) => client.AgentTypes.DeleteAsync(parsed.GetRequiredValue(type), isDryRun, token)),
            Of(
                new Command("agent", "Delete an agent with its trajectories and rewards; what it learned stays.") { type, name },
                output,
                parsed => $"the agent '{parsed.GetRequiredValue(type)}/{parsed.GetRequiredValue(name)}'",
                (client, parsed, isDryRun, token) =>
                    client.Agent(parsed.GetRequiredValue(type), parsed.GetRequiredValue(name)).DeleteAsync(isDryRun, token)),
            Of(
                new Command("pattern", "Delete one version of a pattern.") { type, id },
                output,
                parsed => $"the pattern '{parsed.GetValue(id)}'",
                (client, parsed, isDryRun, token) =>
                    client.Patterns(parsed.GetRequiredValue(type)).DeleteAsync(parsed.GetValue(id), isDryRun, token)),
        };
    }

    private static Command Of(
        Command command,
        Output output,
        Func<ParseResult, string> name,
        Func<QLearningClient, ParseResult, bool, CancellationToken, Task<IReadOnlyList<DeletedRows>>> delete)
    {
        var removal = new RemovalOptions();
        removal.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var client = await RunningCluster.ConnectAsync(removal.Cluster, parsed, cancellationToken);
            var rows = await delete(client, parsed, removal.IsDryRun(parsed), cancellationToken);
            removal.Print(parsed, name(parsed), rows, output);
            return ExitCode.Success;
        });
        return command;
    }
}
