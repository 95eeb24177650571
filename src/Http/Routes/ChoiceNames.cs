using System.Collections.Concurrent;
using System.Reflection;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using QLearning.Abstractions;

namespace QLearning.Http.Routes;

/// <summary>
/// Lets choices in addresses, such as <c>order=leastVisited</c>, have the names that bodies and the OpenAPI document have, and no others:
/// the framework by itself takes the names that the code has, and numbers.
/// </summary>
internal sealed class ChoiceNames(RequestDelegate next)
{
    private readonly ConcurrentDictionary<MethodInfo, Choice[]> _choices = new();

    public Task InvokeAsync(HttpContext context)
    {
        if (ApiHandler.Of(context) is { } method)
        {
            foreach (var choice in _choices.GetOrAdd(method, static handler => Of(handler)))
            {
                choice.Translate(context.Request);
            }
        }

        return next(context);
    }

    private static Choice[] Of(MethodInfo handler) =>
    [
        .. from parameter in handler.GetParameters()
           let type = Nullable.GetUnderlyingType(parameter.ParameterType) ?? parameter.ParameterType
           where type.IsEnum
           select new Choice(
               parameter.Name!,
               Enum.GetNames(type).ToDictionary(JsonNamingPolicy.CamelCase.ConvertName, StringComparer.Ordinal)),
    ];

    private sealed record Choice(string Parameter, Dictionary<string, string> Names)
    {
        public void Translate(HttpRequest request)
        {
            if (request.RouteValues.TryGetValue(Parameter, out var part))
            {
                request.RouteValues[Parameter] = NameOf(part as string);
            }
            else if (request.QueryString.HasValue && request.Query.TryGetValue(Parameter, out var given))
            {
                var query = request.Query.ToDictionary(StringComparer.OrdinalIgnoreCase);
                query[Parameter] = new StringValues(NameOf(given.ToString()));
                request.Query = new QueryCollection(query);
            }
        }

        private string NameOf(string? given) => given is not null && Names.TryGetValue(given, out var name)
            ? name
            : throw InvalidInputException.For(Parameter, given, "it is none of the choices", string.Join(", ", Names.Keys));
    }
}
