using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace QLearning.Http.Routes;

/// <summary>Lets HEAD find the routes of GET. The server sends no body to it.</summary>
internal static class HeadRequests
{
    private static readonly object _isHead = new();

    /// <summary>Finds the route of each request.</summary>
    public static void UseRouting(WebApplication application)
    {
        application.Use(AsGetAsync);
        application.UseRouting();
        application.Use(AsHeadAsync);
    }

    /// <summary>Says of a route that it may be asked by HEAD too, where the answer says which methods it allows.</summary>
    public static void Allow(HttpResponse response)
    {
        string[] allowed = [.. response.Headers.Allow.ToString().Split(", ")];
        if (allowed.Contains(HttpMethods.Get) && !allowed.Contains(HttpMethods.Head))
        {
            response.Headers.Allow = $"{response.Headers.Allow}, {HttpMethods.Head}";
        }
    }

    private static Task AsGetAsync(HttpContext context, RequestDelegate next)
    {
        if (HttpMethods.IsHead(context.Request.Method))
        {
            context.Items[_isHead] = _isHead;
            context.Request.Method = HttpMethods.Get;
        }

        return next(context);
    }

    // Only the way to the route is that of GET: logs and problem documents name what was asked.
    private static Task AsHeadAsync(HttpContext context, RequestDelegate next)
    {
        if (context.Items.ContainsKey(_isHead))
        {
            context.Request.Method = HttpMethods.Head;
        }

        return next(context);
    }
}
