using System.CommandLine;
using System.Globalization;
using QLearning.Abstractions;
using QLearning.Client;

namespace QLearning.Bench.Chaos;

/// <summary>The program of <see cref="ClientProcess"/>: learns until it is killed, and says what it does.</summary>
internal static class ChaosClientCommand
{
    /// <summary>The name of the hidden command.</summary>
    public const string Name = "chaos-client";

    private const int Callers = 4;

    public static Command Create(TextWriter output)
    {
        var connection = new Argument<string>("connection");
        var command = new Command(Name, "The client that the fault client-restart kills.") { connection };
        command.Hidden = true;
        command.SetAction(async (given, cancellationToken) =>
        {
            await using var client = await QLearningClient.ConnectAsync(
                given.GetRequiredValue(connection), cancellationToken: cancellationToken);
            var lines = TextWriter.Synchronized(output);
            await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => WorkAsync(client, caller, lines, cancellationToken)));
        });
        return command;
    }

    private static async Task WorkAsync(QLearningClient client, int caller, TextWriter lines, CancellationToken cancellationToken)
    {
        var agentType = ChaosLoad.AgentTypes[caller % ChaosLoad.AgentTypes.Count];
        var state = string.Create(CultureInfo.InvariantCulture, $"p{Environment.ProcessId}-{caller}");
        var step = new Transition { State = State.FromKey(state), Action = AgentAction.Named("act"), Reward = 1, Done = true };
        for (var i = 0; !cancellationToken.IsCancellationRequested; i++)
        {
            var kind = i % 5 == 0 ? CallKind.Durable : CallKind.WriteBehind;
            lines.WriteLine($"sent {state}-{i} {KeyText.Of(agentType, state)} {kind} 1 .");
            await client.AgentType(agentType).LearnAsync(
                step, kind == CallKind.Durable ? WriteMode.Durable : WriteMode.WriteBehind, cancellationToken);
            lines.WriteLine($"answered {state}-{i} .");
        }
    }
}
