using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using QLearning.Storage.WriteBehind;

namespace QLearning.Silo.Telemetry;

/// <summary>
/// The silo's metrics for Prometheus (<c>GET /metrics</c>), and over OTLP when one of the standard variables says where to. Logs go over
/// OTLP too, beside the console.
/// </summary>
internal static class SiloTelemetry
{
    private static readonly string[] _otlpVariables =
        ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT"];

    // From a commit on a fast disk to one that waits for a lock or an outage.
    private static readonly double[] _flushSeconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

    public static void Add(IHostApplicationBuilder builder)
    {
        var otlp = Array.Exists(_otlpVariables, variable => !string.IsNullOrEmpty(builder.Configuration[variable]));
        var telemetry = builder.Services.AddOpenTelemetry();
        telemetry.WithMetrics(metrics => metrics
            .AddMeter(FlushInstruments.MeterName, "Microsoft.Orleans", "Npgsql", "System.Runtime")
            .AddView(instrument => instrument.Meter.Name == FlushInstruments.MeterName && instrument.Unit == "s"
                ? new ExplicitBucketHistogramConfiguration { Boundaries = _flushSeconds }
                : null)
            .AddPrometheusExporter());
        if (otlp)
        {
            builder.Logging.AddOpenTelemetry(logging => (logging.IncludeFormattedMessage, logging.IncludeScopes) = (true, true));
            telemetry.UseOtlpExporter();
        }
    }

    public static void Map(IEndpointRouteBuilder routes) => routes.MapPrometheusScrapingEndpoint("/metrics").AllowAnonymous();
}
