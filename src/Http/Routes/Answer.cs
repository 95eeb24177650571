using System.Net.Mime;
using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using QLearning.Http.Bodies;

namespace QLearning.Http.Routes;

/// <summary>What a route answers when it succeeds: a value, or the text that was kept of an earlier answer.</summary>
/// <typeparam name="T">What it has.</typeparam>
/// <param name="value">The value.</param>
/// <param name="kept">The text; null: the value is written.</param>
internal sealed class Answer<T>(T? value, string? kept = null) : IResult, IEndpointMetadataProvider
{
    private const string Replayed = "Idempotency-Replayed";

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.Headers.CacheControl = "no-store";
        if (kept is null)
        {
            return response.WriteAsJsonAsync(value, HttpJson.Options, httpContext.RequestAborted);
        }

        response.ContentType = "application/json; charset=utf-8";
        response.Headers[Replayed] = "true";
        return response.WriteAsync(kept, httpContext.RequestAborted);
    }

    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        builder.Metadata.Add(
            new ProducesResponseTypeMetadata(StatusCodes.Status200OK, typeof(T), [MediaTypeNames.Application.Json]));
}

/// <summary>Makes answers.</summary>
internal static class Answer
{
    public static Answer<T> Of<T>(T value) => new(value);
}
