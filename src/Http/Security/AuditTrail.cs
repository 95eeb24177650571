using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using QLearning.Abstractions;

namespace QLearning.Http.Security;

/// <summary>Logs each request of a route that changes settings, forgets or deletes, also a refused one. Bodies and keys never.</summary>
internal sealed class AuditTrail(RequestDelegate next, ILogger<AuditTrail> logger)
{
    // Where the route is known and nothing is refused yet. What became of the request is known when its answer starts, and a caller who
    // has the answer finds the line; one who goes away gets none, and is logged all the same.
    public Task InvokeAsync(HttpContext context)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<ApiScopeMetadata>() is { Scope: ApiScope.Admin })
        {
            var isLogged = false;
            context.Response.OnStarting(LogOnce);
            context.Response.OnCompleted(LogOnce);

            Task LogOnce()
            {
                if (!isLogged)
                {
                    isLogged = true;
                    Log(context);
                }

                return Task.CompletedTask;
            }
        }

        return next(context);
    }

    private void Log(HttpContext context)
    {
        var caller = context.User.Identity is { IsAuthenticated: true, Name: { } name } ? name : "anonymous";
        var request = context.Request;
        // As it is in the request line: escaped, so that a caller cannot write lines into the log.
        logger.AdminCalled(
            caller, context.Connection.RemoteIpAddress, request.Method, request.Path.ToUriComponent(), context.Response.StatusCode);
    }
}
