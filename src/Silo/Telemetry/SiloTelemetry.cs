using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Orleans.Dashboard;
using QLearning.Abstractions;
using QLearning.Silo.Health;

namespace QLearning.Silo.Telemetry;

/// <summary>
/// The silo's metrics for Prometheus (<c>GET /metrics</c>); over OTLP metrics, traces and logs, when one of the standard variables says
/// where to; and Orleans' dashboard, when it is asked for.
/// </summary>
internal static class SiloTelemetry
{
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private const string Sampler = "OTEL_TRACES_SAMPLER";
    private const string ServiceName = "qlearning";
    private const string DashboardPath = "/dashboard";

    // Of calls that begin in this process, when no standard variable says how many.
    private const double TracedShare = 0.01;

    public static void Add(IHostApplicationBuilder builder, SiloSettings settings)
    {
        var telemetry = builder.Services.AddOpenTelemetry();
        if (!IsNamed(builder.Configuration))
        {
            telemetry.ConfigureResource(resource => resource.AddService(ServiceName, autoGenerateServiceInstanceId: false));
        }

        if (settings.Metrics)
        {
            telemetry.WithMetrics(metrics => (settings.MessageMetrics ? metrics : metrics.WithoutMessages())
                .AddMeter(QLearningTelemetry.Name, MessageInstruments.Meter, "Npgsql", "System.Runtime")
                .AddPrometheusExporter());
        }

        if (IsTraced(builder.Configuration, settings))
        {
            telemetry.WithTracing(traces => Sample(traces.AddSource(QLearningTelemetry.Name, "Npgsql"), builder.Configuration));
        }

        if (IsSent(builder.Configuration, "LOGS"))
        {
            builder.Logging.AddOpenTelemetry(logging => (logging.IncludeFormattedMessage, logging.IncludeScopes) = (true, true));
        }

        if (Array.Exists(["METRICS", "TRACES", "LOGS"], signal => IsSent(builder.Configuration, signal)))
        {
            telemetry.UseOtlpExporter();
        }
    }

    /// <summary>
    /// Adds what costs each call of a grain: the filter that takes traces from messages, and those of the dashboard.
    /// </summary>
    public static void AddFilters(ISiloBuilder silo, IConfiguration configuration, SiloSettings settings)
    {
        if (IsTraced(configuration, settings))
        {
            silo.AddIncomingGrainCallFilter<TracedCalls>();
        }

        if (settings.Dashboard)
        {
            silo.AddDashboard();
        }
    }

    public static void Map(IEndpointRouteBuilder routes, SiloSettings settings)
    {
        if (settings.Metrics)
        {
            routes.MapPrometheusScrapingEndpoint("/metrics").ForProbes();
        }

        if (settings.Dashboard)
        {
            routes.MapOrleansDashboard(DashboardPath).RequireAuthorization(policy => policy.RequireClaim("scope", "admin"));
        }
    }

    /// <summary>
    /// Where calls are traced SQL is traced as a part of them: background queries of every second would hide that. Who listens to SQL
    /// alone hears of all.
    /// </summary>
    public static void Trace(NpgsqlDataSourceBuilder database) => database.ConfigureTracing(traces => traces
        .ConfigureCommandFilter(static _ => IsTold())
        .ConfigureBatchFilter(static _ => IsTold())
        .ConfigureCopyOperationFilter(static _ => IsTold())
        .EnablePhysicalOpenTracing(false));

    private static bool IsTold() => Activity.Current is not null || !QLearningTelemetry.Source.HasListeners();

    private static bool IsTraced(IConfiguration configuration, SiloSettings settings) =>
        settings.Traces ?? IsSent(configuration, "TRACES");

    /// <summary>Whether the standard variables name the service: what is added in code would go before them.</summary>
    private static bool IsNamed(IConfiguration configuration) =>
        !string.IsNullOrEmpty(configuration["OTEL_SERVICE_NAME"])
        || configuration["OTEL_RESOURCE_ATTRIBUTES"]?.Contains("service.name=", StringComparison.Ordinal) == true;

    private static bool IsSent(IConfiguration configuration, string signal) =>
        configuration[$"OTEL_{signal}_EXPORTER"] != "none"
        && (!string.IsNullOrEmpty(configuration[Endpoint])
            || !string.IsNullOrEmpty(configuration[$"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT"]));

    private static void Sample(TracerProviderBuilder traces, IConfiguration configuration)
    {
        if (string.IsNullOrEmpty(configuration[Sampler]))
        {
            traces.SetSampler(new ParentBasedSampler(new TraceIdRatioBasedSampler(TracedShare)));
        }
    }
}
