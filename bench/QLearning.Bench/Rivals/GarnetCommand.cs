using System.CommandLine;
using Garnet;

namespace QLearning.Bench.Rivals;

/// <summary>Microsoft's Garnet as a process of its own, which keeps nothing on disk. It runs until it is killed.</summary>
internal static class GarnetCommand
{
    /// <summary>The name of the hidden command.</summary>
    public const string Name = "garnet-server";

    public static Command Create()
    {
        var port = new Argument<string>("port");
        var command = new Command(Name, "The server of the rival Garnet.") { port };
        command.Hidden = true;
        command.SetAction(async (given, cancellationToken) =>
        {
            using var server = new GarnetServer(
                ["--bind", "127.0.0.1", "--port", given.GetRequiredValue(port), "--memory", "1g"]);
            server.Start();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        });
        return command;
    }
}
