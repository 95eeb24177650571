using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using QLearning.Http.Problems;

namespace QLearning.Http.Security;

/// <summary>
/// Refuses requests under a name that is not the server's, and those of other sites' pages: a page in somebody's browser must not reach a
/// server of his machine or network by a name that it made point there (DNS rebinding).
/// </summary>
internal sealed class RequestAddresses(RequestDelegate next, ListeningPlace place, IOptions<SecurityOptions> security)
{
    private readonly IList<StringSegment> _hosts = HostsOf(place, security.Value);
    private readonly HashSet<string> _origins = new(security.Value.AllowedOrigins, StringComparer.OrdinalIgnoreCase);

    public Task InvokeAsync(HttpContext context)
    {
        var request = context.Request;
        // Probes name the address of a machine or nothing at all, and are told nothing.
        if (!IsProbe(request.Path) && (!request.Host.HasValue || !HostString.MatchesAny(request.Host.Value, _hosts)))
        {
            throw new RequestException(
                ProblemTypes.WrongHost,
                $"The server is not '{request.Host.Value}'. Allowed: {string.Join(", ", _hosts)}; others are set by "
                + "QLearning:Security:AllowedHosts.");
        }

        if (request.Headers.Origin is [{ } origin] && !_origins.Contains(origin) && !IsOwn(request, origin))
        {
            throw new RequestException(
                ProblemTypes.WrongOrigin,
                $"Pages of '{origin}' may not call. Allowed: pages of this server, and of what QLearning:Security:AllowedOrigins lists.");
        }

        return next(context);
    }

    private static bool IsProbe(PathString path) => path == "/live" || path == "/ready";

    // The scheme may be the proxy's.
    private static bool IsOwn(HttpRequest request, string origin) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var page) && page.Scheme is "http" or "https"
        && string.Equals(page.Authority, request.Host.Value, StringComparison.OrdinalIgnoreCase);

    private static List<StringSegment> HostsOf(ListeningPlace place, SecurityOptions options)
    {
        List<StringSegment> hosts = ["localhost", "127.0.0.1", "[::1]", .. options.AllowedHosts.Select(host => new StringSegment(host))];
        if (place.Address is { } address)
        {
            hosts.Add(address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? $"[{address}]" : address.ToString());
        }

        return [.. hosts.Distinct()];
    }
}
