using System.CommandLine;
using QLearning.Silo;

namespace QLearning.Cli.Commands;

/// <summary><c>qlearn serve</c>: runs a silo until it is told to stop.</summary>
internal static class ServeCommand
{
    public static Command Create(Output output)
    {
        var cluster = new ClusterOptions();
        var defaults = new SiloSettings();
        var siloPort = new Option<int>("--silo-port") { Description = "TCP port for other silos; 0: a free one." };
        var gatewayPort = new Option<int>("--gateway-port") { Description = "TCP port for clients; 0: a free one." };
        var healthPort = new Option<int?>("--health-port")
        {
            Description = "TCP port that answers GET /live and GET /ready; 0: a free one. Default: none.",
        };
        var address = new Option<string>("--advertise")
        {
            Description = "IP address that other silos and clients reach this silo by.",
            DefaultValueFactory = _ => defaults.AdvertisedAddress,
        };
        foreach (var port in new Option[] { siloPort, gatewayPort, healthPort })
        {
            port.Validators.Add(result =>
            {
                if (result.Tokens is [var token] && !(ushort.TryParse(token.Value, out _)))
                {
                    result.AddError($"The port '{token.Value}' is not allowed. Allowed: 0 to 65535.");
                }
            });
        }

        var command = new Command("serve", "Run a silo. A second one on the same data joins the first.")
        {
            siloPort, gatewayPort, healthPort, address,
        };
        cluster.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var settings = cluster.ToSettings(parsed);
            settings.SiloPort = parsed.GetValue(siloPort);
            settings.GatewayPort = parsed.GetValue(gatewayPort);
            settings.HealthPort = parsed.GetValue(healthPort);
            settings.AdvertisedAddress = parsed.GetRequiredValue(address);
            return await RunAsync(settings, output, cancellationToken);
        });
        return command;
    }

    private static async Task<int> RunAsync(SiloSettings settings, Output output, CancellationToken cancellationToken)
    {
        await using var silo = await QLearningSilo.StartAsync(settings, Logs.ToStandardError, cancellationToken: cancellationToken);
        output.WriteLine($"Silo is active: silo port {silo.SiloPort}, gateway port {silo.GatewayPort}, cluster '{settings.ClusterId}'.");
        if (silo.HealthUrl is { } health)
        {
            output.WriteLine($"Health: {health}live and {health}ready.");
        }

        output.WriteLine(silo.PostgresUrl is null
            ? "PostgreSQL: as given."
            : $"PostgreSQL: embedded in {settings.DataFolder}; psql \"$(./qlearn db url)\" opens it.");
        output.WriteLine("Ctrl-C or SIGTERM stops it; what was learned is flushed first.");
        await silo.WaitForShutdownAsync(cancellationToken);
        output.WriteLine("Stopping: flushing what was learned.");
        return ExitCode.Success;
    }
}
