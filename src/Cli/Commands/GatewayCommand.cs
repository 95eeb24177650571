using System.CommandLine;
using System.Net;
using System.Net.NetworkInformation;
using QLearning.Abstractions;
using QLearning.Silo.Gateway;

namespace QLearning.Cli.Commands;

/// <summary><c>qlearn gateway</c>: answers HTTP as silos do, over a client of its own, until it is told to stop.</summary>
internal static class GatewayCommand
{
    public const string Name = "gateway";

    private const int HttpPort = 8080;

    private static readonly Option<string> _address = new("--listen")
    {
        Description = "IP address to listen on.",
        DefaultValueFactory = _ => IPAddress.Loopback.ToString(),
    };

    public static Command Create(Output output)
    {
        var cluster = new ClusterOptions();
        var httpPort = ServeCommand.Port("--http-port", "TCP port that answers HTTP; 0: a free one. Default: 8080, or a free one.");
        var log = ServeCommand.Log();
        var command = new Command(Name, "Answer HTTP for a running cluster, without grains: for HTTP apart from memory.")
        {
            httpPort, _address, ServeCommand.BehindProxy, log,
        };
        cluster.AddTo(command);
        command.SetAction((parsed, cancellationToken) =>
        {
            var connectionString = cluster.FindRunning(parsed)
                ?? throw new ClusterUnavailableException(
                    "No cluster is running here. Start one with 'qlearn serve', or name one: --cluster.");
            var settings = new GatewaySettings
            {
                ConnectionString = connectionString,
                IgnoresGateways = cluster.IsNamed(parsed),
                IsEmbedded = cluster.Given(parsed) is null,
                BehindProxy = parsed.GetValue(ServeCommand.BehindProxy),
                BehindProxyDecides = ClusterOptions.IsTyped(parsed.GetResult(ServeCommand.BehindProxy)),
                Address = parsed.GetRequiredValue(_address),
                HttpPort = ClusterOptions.IsTyped(parsed.GetResult(httpPort))
                    ? parsed.GetRequiredValue(httpPort)
                    : DefaultPort(),
            };
            return RunAsync(settings, parsed.GetRequiredValue(log) == "json", output, cancellationToken);
        });
        return command;
    }

    private static int DefaultPort() =>
        IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Any(listener => listener.Port == HttpPort) ? 0 : HttpPort;

    private static async Task<int> RunAsync(GatewaySettings settings, bool isJson, Output output, CancellationToken cancellationToken)
    {
        await using var gateway = await QLearningGateway.StartAsync(
            settings, isJson ? Logs.JsonToStandardError : Logs.ToStandardError, cancellationToken: cancellationToken);
        var url = gateway.HttpUrl;
        output.WriteLine($"HTTP: {url}v1; MCP: {url}mcp; health: {url}live and {url}ready; metrics: {url}metrics");
        output.WriteLine("Ctrl-C or SIGTERM stops it.");
        await gateway.WaitForShutdownAsync(cancellationToken);
        return ExitCode.Success;
    }
}
