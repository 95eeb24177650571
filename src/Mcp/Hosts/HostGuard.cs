using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace QLearning.Mcp.Hosts;

/// <summary>
/// Keeps pages in a browser from reaching the server by a name that they had resolved to it (DNS rebinding): the host that is asked must
/// be an IP address, a loopback name or one that is configured, and so must the page's own.
/// </summary>
/// <param name="options">The names.</param>
/// <param name="lifetime">Whether the server has started.</param>
/// <param name="logger">Gets what is refused.</param>
internal sealed class HostGuard(IOptions<McpOptions> options, IHostApplicationLifetime lifetime, ILogger<HostGuard> logger)
{
    private const int MostShown = 100;
    private const string Localhost = "localhost";

    private readonly HashSet<string> _allowed = new(options.Value.AllowedHosts, StringComparer.OrdinalIgnoreCase);

    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var host = context.Request.Host.Host;
        var origin = context.Request.Headers.Origin.ToString();
        if (!IsAllowedHost(host) || (origin.Length > 0 && !IsAllowedOrigin(origin, host)))
        {
            logger.RequestRefused(Shorten(host), Shorten(origin));
            await Results.Problem(
                "The Host or Origin of the request is not allowed. Allowed: IP addresses and localhost, pages of this machine, and the "
                + "names in QLearning:Mcp:AllowedHosts.",
                statusCode: StatusCodes.Status403Forbidden).ExecuteAsync(context);
        }
        else if (!lifetime.ApplicationStarted.IsCancellationRequested || lifetime.ApplicationStopping.IsCancellationRequested)
        {
            context.Response.Headers.RetryAfter = "1";
            await Results.Problem(
                "The server has not started yet, or is stopping. Ask again.",
                statusCode: StatusCodes.Status503ServiceUnavailable).ExecuteAsync(context);
        }
        else
        {
            await next(context);
        }
    }

    // No name is looked up for an address, so that nobody can have it point elsewhere.
    private bool IsAllowedHost(string host) =>
        IsLocalhost(host) || IPAddress.TryParse(Unbracketed(host), out _) || _allowed.Contains(host);

    private bool IsAllowedOrigin(string origin, string host) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var page) && page.Scheme is "http" or "https"
        && (IsLocalhost(page.Host)
            || (IPAddress.TryParse(Unbracketed(page.Host), out var address) && IPAddress.IsLoopback(address))
            || string.Equals(page.Host, host, StringComparison.OrdinalIgnoreCase)
            || _allowed.Contains(page.Host));

    private static bool IsLocalhost(string host) => string.Equals(host, Localhost, StringComparison.OrdinalIgnoreCase);

    private static string Unbracketed(string host) => host.Trim('[', ']');

    private static string Shorten(string text) => text.Length <= MostShown ? text : text[..MostShown];
}
