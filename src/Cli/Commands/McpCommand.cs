using System.CommandLine;
using QLearning.Abstractions;
using QLearning.Silo.Gateway;

namespace QLearning.Cli.Commands;

/// <summary><c>qlearn mcp</c>: an MCP server on standard input and output, for clients that start one.</summary>
internal static class McpCommand
{
    public static Command Create()
    {
        var cluster = new ClusterOptions();
        var command = new Command(
            "mcp", "Serve the tools for language models (Model Context Protocol) on standard input and output, for a running cluster.");
        cluster.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var connectionString = cluster.FindRunning(parsed)
                ?? throw new ClusterUnavailableException(
                    "No cluster is running here. Start one with 'qlearn serve', or name one: --cluster.");
            await QLearningMcpProgram.RunAsync(connectionString, Logs.ToStandardError, cluster.IsNamed(parsed), cancellationToken);
            return ExitCode.Success;
        });
        return command;
    }
}
