using System.CommandLine;
using QLearning.Silo;
using QLearning.Silo.Configuration;

namespace QLearning.Cli.Commands;

/// <summary><c>qlearn serve</c>: runs a silo until it is told to stop. What is typed beats the configuration.</summary>
internal static class ServeCommand
{
    public const string Name = "serve";

    private const int HttpPort = 8080;

    private static readonly Option<int> _siloPort = Port(
        "--silo-port", "TCP port for other silos; 0: a free one. TLS: QLearning:Security:ClusterCertificateFile.");
    private static readonly Option<int> _gatewayPort = Port(
        "--gateway-port", "TCP port for clients; 0: a free one. TLS: as the silo port.");

    private static readonly Option<int> _httpPort = Port(
        "--http-port",
        "TCP port that answers HTTP: /v1, and GET /live, /ready and /metrics; 0: a free one. Default: 8080, or a free one if it is taken.");

    private static readonly Option<string> _address = new("--advertise")
    {
        Description = "IP address that other silos and clients reach this silo by. Default: 127.0.0.1.",
    };

    private static readonly Option<bool> _dashboard = new("--dashboard")
    {
        Description = "Answer GET /dashboard with Orleans' own pages. It slows each call; where keys are required it needs 'admin'.",
    };

    private static readonly Option<string> _log = Log();

    /// <summary>The option that says that others have TLS.</summary>
    internal static Option<bool> BehindProxy { get; } = new("--behind-proxy")
    {
        Description = "A proxy before it has TLS: answer HTTP without a certificate also on an address that others reach.",
    };

    public static Command Create(Output output)
    {
        var cluster = new ClusterOptions();
        var command = new Command(Name, "Run a silo. A second one on the same data joins the first.")
        {
            _siloPort, _gatewayPort, _httpPort, _address, BehindProxy, _dashboard, _log,
        };
        cluster.AddTo(command);
        command.SetAction((parsed, cancellationToken) => RunAsync(
            Settings(cluster, parsed), parsed.GetRequiredValue(_log) == "json", output, cancellationToken));
        return command;
    }

    /// <summary>An option that is a TCP port.</summary>
    internal static Option<int> Port(string name, string description)
    {
        var port = new Option<int>(name) { Description = description };
        port.Validators.Add(result => AllowedValues.CheckNumber(result, "port", 0, ushort.MaxValue));
        return port;
    }

    /// <summary>The option that says how events are written.</summary>
    internal static Option<string> Log()
    {
        var log = new Option<string>("--log")
        {
            Description = "How events are written to standard error: text, a line for each to be read by people, or json.",
            DefaultValueFactory = _ => "text",
        };
        log.AcceptOnlyFromAmong("text", "json");
        return log;
    }

    private static SiloSettings Settings(ClusterOptions cluster, ParseResult parsed)
    {
        var settings = cluster.ToSettings(parsed);
        settings.SiloPort = Typed(parsed, _siloPort, settings.SiloPort);
        settings.GatewayPort = Typed(parsed, _gatewayPort, settings.GatewayPort);
        // A second silo on the same machine gets a port of its own.
        settings.HttpPortMayDiffer = settings.HttpPort is null && !ClusterOptions.IsTyped(parsed.GetResult(_httpPort));
        settings.HttpPort = Typed(parsed, _httpPort, settings.HttpPort ?? HttpPort);
        settings.BehindProxy = Typed(parsed, BehindProxy, settings.BehindProxy);
        settings.BehindProxyDecides |= ClusterOptions.IsTyped(parsed.GetResult(BehindProxy));
        settings.AdvertisedAddress = Typed(parsed, _address, settings.AdvertisedAddress);
        settings.Dashboard = Typed(parsed, _dashboard, settings.Dashboard);
        return settings;
    }

    private static T Typed<T>(ParseResult parsed, Option<T> option, T otherwise) =>
        ClusterOptions.IsTyped(parsed.GetResult(option)) ? parsed.GetRequiredValue(option) : otherwise;

    private static string TypedFolder(SiloSettings settings) =>
        settings.DataFolder == SiloConfiguration.ReadSettings().DataFolder ? string.Empty : $" --data '{settings.DataFolder}'";

    private static async Task<int> RunAsync(SiloSettings settings, bool isJson, Output output, CancellationToken cancellationToken)
    {
        await using var silo = await QLearningSilo.StartAsync(
            settings, isJson ? Logs.JsonToStandardError : Logs.ToStandardError, cancellationToken: cancellationToken);
        output.WriteLine($"Silo is active: silo port {silo.SiloPort}, gateway port {silo.GatewayPort}, cluster '{settings.ClusterId}'.");
        output.WriteLine($"HTTP API: {silo.HttpUrl}v1, described by {silo.HttpUrl}openapi/v1.json and {silo.HttpUrl}docs");
        output.WriteLine($"MCP: {silo.HttpUrl}mcp");
        output.WriteLine($"Health: {silo.HttpUrl}live and {silo.HttpUrl}ready; metrics: {silo.HttpUrl}metrics"
            + (settings.Dashboard ? $"; dashboard: {silo.HttpUrl}dashboard/" : ""));
        output.WriteLine(silo.PostgresUrl is null
            ? "PostgreSQL: as given."
            : $"PostgreSQL: embedded in {settings.DataFolder}; psql \"$(./qlearn db url{TypedFolder(settings)})\" opens it.");
        output.WriteLine("Ctrl-C or SIGTERM stops it; what was learned is flushed first.");
        await silo.WaitForShutdownAsync(cancellationToken);
        output.WriteLine("Stopping: flushing what was learned.");
        return ExitCode.Success;
    }
}
