using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace QLearning.Http.Bodies;

/// <summary>How large the body of a route may be. Metadata of the route; without it the body is about one thing.</summary>
internal enum BodyLimit
{
    /// <summary><see cref="HttpApiOptions.MaxBodyBytes"/>.</summary>
    One,

    /// <summary><see cref="HttpApiOptions.MaxBatchBytes"/>.</summary>
    Many,

    /// <summary><see cref="HttpApiOptions.MaxStreamBytes"/>.</summary>
    Stream,
}

/// <summary>The metadata that carries a <see cref="BodyLimit"/>.</summary>
/// <param name="Limit">The limit.</param>
internal sealed record BodyLimitMetadata(BodyLimit Limit)
{
    public static long BytesOf(HttpContext context)
    {
        var options = context.RequestServices.GetRequiredService<IOptions<HttpApiOptions>>().Value;
        return context.GetEndpoint()?.Metadata.GetMetadata<BodyLimitMetadata>()?.Limit switch
        {
            BodyLimit.Many => options.MaxBatchBytes,
            BodyLimit.Stream => options.MaxStreamBytes,
            _ => options.MaxBodyBytes,
        };
    }
}
