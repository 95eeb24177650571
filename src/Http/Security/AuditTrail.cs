using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using QLearning.Abstractions;

namespace QLearning.Http.Security;

/// <summary>Logs each request of a route that changes settings, forgets or deletes, also a refused one. Bodies and keys never.</summary>
internal sealed class AuditTrail(RequestDelegate next, ILogger<AuditTrail> logger)
{
    public async Task InvokeAsync(HttpContext context)
    {
        await next(context);
        if (context.GetEndpoint()?.Metadata.GetMetadata<ApiScopeMetadata>() is { Scope: ApiScope.Admin })
        {
            var caller = context.User.Identity is { IsAuthenticated: true, Name: { } name } ? name : "anonymous";
            var request = context.Request;
            // As it is in the request line: escaped, so that nobody writes lines of his own into the log.
            logger.AdminCalled(
                caller, context.Connection.RemoteIpAddress, request.Method, request.Path.ToUriComponent(), context.Response.StatusCode);
        }
    }
}
