using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using QLearning.Abstractions;
using QLearning.Client;
using QLearning.Http.Keys;
using QLearning.Http.Routes;

namespace QLearning.Http.Maintenance;

/// <summary>Clean-up and view refresh: <c>/v1/maintenance</c>.</summary>
internal static class MaintenanceRoutes
{
    public static void Map(RouteGroupBuilder maintenance)
    {
        maintenance.MapGet("", GetAsync).Says(
            ApiScope.Read, "GetMaintenance", "What was done last, and what is being done", "The cluster does both jobs by itself.");
        maintenance.MapPost("/{job}/run", RunAsync).Says(
            ApiScope.Admin, "RunMaintenance", "Run a job now",
            "`cleanUp` deletes what has expired, `refreshViews` refreshes the materialized views. Answered when it is done.");
    }

    private static async Task<Answer<MaintenanceStatus>> GetAsync(IQLearningClient client, CancellationToken cancellationToken) =>
        Answer.Of(await client.Maintenance.GetStatusAsync(cancellationToken));

    private static Task<Answer<MaintenanceStatus>> RunAsync(
        HttpContext context, MaintenanceJob job, IQLearningClient client, KeyedCalls calls) =>
        calls.RunAsync(context, [], (_, token) => client.Maintenance.RunAsync(job, token));
}
