using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using QLearning.Http.Problems;

namespace QLearning.Http.Security;

/// <summary>
/// Refuses requests under a name that is not the server's, and those of other sites' pages: a page in somebody's browser must not reach a
/// server of his machine or network by a name that it made point there (DNS rebinding).
/// </summary>
internal sealed class RequestAddresses(RequestDelegate next, IOptions<SecurityOptions> security)
{
    private readonly IList<StringSegment> _hosts =
        ["localhost", .. security.Value.AllowedHosts.Select(host => new StringSegment(host))];

    private readonly HashSet<string> _origins = new(security.Value.AllowedOrigins, StringComparer.OrdinalIgnoreCase);

    public Task InvokeAsync(HttpContext context)
    {
        var request = context.Request;
        if (!IsKnown(request.Host) && !IsWatching(request.Path))
        {
            throw new RequestException(
                ProblemTypes.WrongHost,
                $"The server is not '{request.Host.Value}'. Allowed: an IP address, {string.Join(", ", _hosts)}; others are set "
                + "by QLearning:Security:AllowedHosts.");
        }

        if (request.Headers.Origin is [{ } origin] && !_origins.Contains(origin) && !IsOwn(request, origin))
        {
            throw new RequestException(
                ProblemTypes.WrongOrigin,
                $"Pages of '{origin}' may not call. Allowed: pages of this server, and of what QLearning:Security:AllowedOrigins lists.");
        }

        return next(context);
    }

    // Orchestrators and Prometheus find servers under names of their own.
    private static bool IsWatching(PathString path) => path.Value is "/live" or "/serving" or "/ready" or "/metrics";

    // An IP address needs no look-up, so DNS cannot make it point elsewhere.
    private bool IsKnown(HostString host) => host.HasValue
        && (HostString.MatchesAny(host.Value, _hosts) || IPAddress.TryParse(host.Host.AsSpan().Trim("[]"), out _));

    // The scheme may be the proxy's.
    private static bool IsOwn(HttpRequest request, string origin) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var page) && page.Scheme is "http" or "https"
        && string.Equals(page.Authority, request.Host.Value, StringComparison.OrdinalIgnoreCase);
}
