using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using QLearning.Http.Routes;

namespace QLearning.Http.Problems;

/// <summary>
/// Answers with a problem document whatever goes wrong with a request, and refuses requests of the API before the server has started and
/// once it stops.
/// </summary>
internal sealed class ProblemMiddleware(RequestDelegate next, IHostApplicationLifetime lifetime, ILogger<ProblemMiddleware> logger)
{
    private static readonly PathString _api = "/v1";

    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            if (context.Request.Path.StartsWithSegments(_api))
            {
                RequireReady();
            }

            await next(context);
            if (IsBare(context.Response))
            {
                var status = context.Response.StatusCode;
                if (status == StatusCodes.Status405MethodNotAllowed)
                {
                    HeadRequests.Allow(context.Response);
                }

                await new Problem(ProblemTypes.OfStatus(status), DetailOf(context, status)).WriteAsync(context);
            }
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The caller is gone.
            context.Response.StatusCode = 499;
        }
        catch (Exception error) when (Problem.Of(error) is { } problem && !context.Response.HasStarted)
        {
            await problem.WriteAsync(context);
        }
        catch (Exception error) when (!context.Response.HasStarted)
        {
            // The edge of the program: the caller must get an answer, and whoever runs it must hear of the fault.
            logger.RequestFailed(error, context.Request.Method, context.GetEndpoint()?.DisplayName ?? "no route");
            await new Problem(ProblemTypes.InternalError, "The server's log says what happened.").WriteAsync(context);
        }
    }

    private void RequireReady()
    {
        if (!lifetime.ApplicationStarted.IsCancellationRequested || lifetime.ApplicationStopping.IsCancellationRequested)
        {
            throw new RequestException(ProblemTypes.NotReady, "The server has not started yet, or is stopping. Ask again.");
        }
    }

    private static bool IsBare(HttpResponse response) =>
        response is { HasStarted: false, StatusCode: >= 400, ContentLength: null or 0, ContentType: null };

    private static string DetailOf(HttpContext context, int status)
    {
        var request = context.Request;
        return status switch
        {
            StatusCodes.Status404NotFound =>
                $"There is no route {request.Method} {request.Path}. Allowed: what GET /openapi/v1.json lists.",
            StatusCodes.Status405MethodNotAllowed =>
                $"{request.Method} is not allowed here. Allowed: {context.Response.Headers.Allow}.",
            StatusCodes.Status415UnsupportedMediaType =>
                $"The content type '{request.ContentType}' is not allowed. Allowed: application/json in UTF-8, or what the route's entry "
                + "in GET /openapi/v1.json names.",
            _ => $"The request was refused with status {status}.",
        };
    }
}
