using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;

namespace QLearning.Http.Routes;

/// <summary>
/// Reads names in an address that have a slash, such as the state <c>a/b</c> as <c>a%2Fb</c>. The server decodes all but this, so that by
/// itself <c>a%2Fb</c> and <c>a%252Fb</c> would be one name, which neither of the two states has.
/// </summary>
internal sealed class RouteTexts(RequestDelegate next)
{
    private const string Slash = "%2F";

    public Task InvokeAsync(HttpContext context)
    {
        if (context.Request.Path.Value?.Contains(Slash, StringComparison.OrdinalIgnoreCase) == true
            && context.GetEndpoint() is RouteEndpoint endpoint
            && context.Features.Get<IHttpRequestFeature>()?.RawTarget is { } target)
        {
            Decode(target.Split('?')[0].Trim('/').Split('/'), endpoint, context.Request.RouteValues);
        }

        return next(context);
    }

    private static void Decode(string[] sent, RouteEndpoint endpoint, RouteValueDictionary values)
    {
        var segments = endpoint.RoutePattern.PathSegments;
        // Otherwise it was sent with dots or as a whole address, which no client does that encodes a slash.
        for (var i = 0; i < segments.Count && segments.Count == sent.Length; i++)
        {
            if (segments[i].Parts is [Microsoft.AspNetCore.Routing.Patterns.RoutePatternParameterPart { Name: var name }])
            {
                values[name] = Uri.UnescapeDataString(sent[i]);
            }
        }
    }
}
