using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using QLearning.Abstractions;

namespace QLearning.Http.Security;

/// <summary>Logs each request of a route that changes settings, forgets or deletes, also a refused one. Bodies and keys never.</summary>
internal sealed class AuditTrail(RequestDelegate next, ILogger<AuditTrail> logger)
{
    // Where the route is known and nothing is refused yet; what became of the request is known when it has been answered.
    public Task InvokeAsync(HttpContext context)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<ApiScopeMetadata>() is { Scope: ApiScope.Admin })
        {
            context.Response.OnCompleted(() => Log(context));
        }

        return next(context);
    }

    private Task Log(HttpContext context)
    {
        var caller = context.User.Identity is { IsAuthenticated: true, Name: { } name } ? name : "anonymous";
        var request = context.Request;
        // As it is in the request line: escaped, so that nobody writes lines of his own into the log.
        logger.AdminCalled(
            caller, context.Connection.RemoteIpAddress, request.Method, request.Path.ToUriComponent(), context.Response.StatusCode);
        return Task.CompletedTask;
    }
}
