using System.Reflection;
using Microsoft.AspNetCore.Http;

namespace QLearning.Http.Routes;

/// <summary>Which method answers a request of the API.</summary>
internal static class ApiHandler
{
    /// <summary>The method, whose parameters say what is read from the address; null: the request is not for a route of the API.</summary>
    public static MethodInfo? Of(HttpContext context) =>
        context.GetEndpoint()?.Metadata is { } metadata && metadata.GetMetadata<ApiScopeMetadata>() is not null
            ? metadata.GetMetadata<MethodInfo>()
            : null;
}
