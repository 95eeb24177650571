using System.CommandLine;
using QLearning.Abstractions;

namespace QLearning.Cli.Commands;

/// <summary><c>qlearn forget</c>: the Q-values of a type, a state or an action.</summary>
internal static class ForgetCommand
{
    public static Command Create(Output output)
    {
        var removal = new RemovalOptions();
        var type = new Argument<string>("type") { Description = "The agent type." };
        var state = new Argument<string?>("state")
        {
            Description = "A state's key, or its JSON; without it all Q-values of the type are forgotten.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var action = new Argument<string?>("action")
        {
            Description = "An action's key, or its JSON; without it all of the state.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var command = new Command("forget", "Forget Q-values; everything else of the agent type stays.") { type, state, action };
        removal.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var client = await RunningCluster.ConnectAsync(removal.Cluster, parsed, cancellationToken);
            var table = client.AgentType(parsed.GetRequiredValue(type));
            var what = $"what '{parsed.GetRequiredValue(type)}' learned";
            long forgotten;
            if (parsed.GetValue(state) is { } typedState)
            {
                ActionKey? only = parsed.GetValue(action) is { } typedAction ? RunningCluster.ActionOf(typedAction) : null;
                forgotten = await table.ForgetAsync(RunningCluster.StateOf(typedState), only, removal.IsDryRun(parsed), cancellationToken);
                what += only is null ? $" in '{typedState}'" : $" of '{parsed.GetValue(action)}' in '{typedState}'";
            }
            else
            {
                forgotten = await table.ResetAsync(removal.IsDryRun(parsed), cancellationToken);
            }

            removal.Print(parsed, what, [new DeletedRows("q_values", forgotten)], output);
            return ExitCode.Success;
        });
        return command;
    }
}
