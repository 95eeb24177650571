using System.Collections.Concurrent;
using System.Reflection;
using Microsoft.AspNetCore.Http;
using QLearning.Abstractions;

namespace QLearning.Http.Routes;

/// <summary>Refuses names in a query that the route does not read, so that a typing error is an error and not a default.</summary>
internal sealed class QueryNames(RequestDelegate next)
{
    private readonly ConcurrentDictionary<MethodInfo, HashSet<string>> _known = new();

    public Task InvokeAsync(HttpContext context)
    {
        if (context.Request.QueryString.HasValue && context.GetEndpoint()?.Metadata is { } metadata
            && metadata.GetMetadata<ApiScopeMetadata>() is not null && metadata.GetMetadata<MethodInfo>() is { } method)
        {
            var known = _known.GetOrAdd(
                method,
                static handler => new(handler.GetParameters().Select(parameter => parameter.Name!), StringComparer.OrdinalIgnoreCase));
            foreach (var name in context.Request.Query.Keys)
            {
                if (!known.Contains(name))
                {
                    throw InvalidInputException.For(
                        "query parameter", name, "it is not known here", "the documented ones, see GET /openapi/v1.json");
                }
            }
        }

        return next(context);
    }
}
