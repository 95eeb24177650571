using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace QLearning.Silo.Health;

/// <summary>Answers <c>GET /live</c>, <c>GET /serving</c> and <c>GET /ready</c> with 200 or 503 and the checks as JSON.</summary>
internal static class HealthEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapHealthChecks("/live", Answer(HealthTags.Live, StatusCodes.Status200OK)).ForProbes();
        routes.MapHealthChecks("/serving", Answer(HealthTags.Serving, StatusCodes.Status503ServiceUnavailable)).ForProbes();
        routes.MapHealthChecks("/ready", Answer(HealthTags.Ready, StatusCodes.Status503ServiceUnavailable)).ForProbes();
    }

    /// <summary>Says that it is read without a key; the runtime's own routes would answer any method.</summary>
    public static void ForProbes(this IEndpointConventionBuilder route) =>
        route.WithMetadata(new HttpMethodMetadata([HttpMethods.Get])).AllowAnonymous();

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
