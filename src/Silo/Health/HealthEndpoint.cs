using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace QLearning.Silo.Health;

/// <summary>
/// Answers <c>GET /live</c> and <c>GET /ready</c> with 200 or 503 and the checks as JSON. It is a web server of its own, so that it answers
/// before the silo joins its cluster, and while it leaves.
/// </summary>
/// <param name="endpoint">Where it listens.</param>
/// <param name="checks">The silo's checks.</param>
/// <param name="loggers">The silo's log.</param>
internal sealed class HealthEndpoint(IPEndPoint endpoint, HealthCheckService checks, ILoggerFactory loggers)
    : IHostedService, IAsyncDisposable
{
    private WebApplication? _web;

    public IPEndPoint Endpoint => endpoint;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(server => server.Listen(endpoint));
        builder.Services.AddSingleton(loggers).AddSingleton(checks).AddSingleton<IHostLifetime, ManualLifetime>().AddRoutingCore();
        _web = builder.Build();
        _web.MapHealthChecks("/live", Answer(HealthTags.Live, StatusCodes.Status200OK));
        _web.MapHealthChecks("/ready", Answer(HealthTags.Ready, StatusCodes.Status503ServiceUnavailable));
        await _web.StartAsync(cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => _web?.StopAsync(cancellationToken) ?? Task.CompletedTask;

    public ValueTask DisposeAsync() => _web?.DisposeAsync() ?? ValueTask.CompletedTask;

    private static HealthCheckOptions Answer(string tag, int degraded) => new()
    {
        Predicate = check => check.Tags.Contains(tag),
        ResponseWriter = WriteAsync,
        ResultStatusCodes =
        {
            [HealthStatus.Healthy] = StatusCodes.Status200OK,
            [HealthStatus.Degraded] = degraded,
            [HealthStatus.Unhealthy] = StatusCodes.Status503ServiceUnavailable,
        },
    };

    private static Task WriteAsync(HttpContext context, HealthReport report) => context.Response.WriteAsJsonAsync(
        new HealthAnswer(
            context.Response.StatusCode == StatusCodes.Status200OK,
            report.Entries.ToDictionary(
                check => check.Key, check => new CheckAnswer(check.Value.Status.ToString(), check.Value.Description))),
        context.RequestAborted);

    private sealed record HealthAnswer(bool Ok, Dictionary<string, CheckAnswer> Checks);

    private sealed record CheckAnswer(string Status, string? Text);
}
