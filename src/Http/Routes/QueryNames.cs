using System.Collections.Concurrent;
using System.Reflection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using QLearning.Abstractions;

namespace QLearning.Http.Routes;

/// <summary>Refuses names in a query that the route does not read, so that a typing error is an error and not a default.</summary>
internal sealed class QueryNames(RequestDelegate next)
{
    private readonly ConcurrentDictionary<MethodInfo, HashSet<string>> _known = new();

    public Task InvokeAsync(HttpContext context)
    {
        if (context.Request.QueryString.HasValue && ApiHandler.Of(context) is { } method)
        {
            var known = _known.GetOrAdd(method, static (handler, route) => Of(handler, route), context.Request.RouteValues);
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

    // Neither a part of the address nor a service of the server is read from a query.
    private static HashSet<string> Of(MethodInfo handler, RouteValueDictionary route) =>
        handler.GetParameters()
            .Where(parameter => !route.ContainsKey(parameter.Name!) && IsText(parameter.ParameterType))
            .Select(parameter => parameter.Name!)
            .ToHashSet(StringComparer.OrdinalIgnoreCase);

    private static bool IsText(Type type) =>
        (Nullable.GetUnderlyingType(type) ?? type) is var own
        && (own.IsPrimitive || own.IsEnum || own == typeof(string) || own == typeof(Guid));
}
