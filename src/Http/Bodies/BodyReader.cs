using System.Buffers;
using System.Globalization;
using System.Net.Mime;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;
using QLearning.Http.Problems;

namespace QLearning.Http.Bodies;

/// <summary>Reads a whole body within its limit, and refuses what is no plain UTF-8.</summary>
internal static class BodyReader
{
    public const string NdJson = "application/x-ndjson";

    /// <exception cref="RequestException">It has another type or coding, or is too large.</exception>
    public static async ValueTask<byte[]> ReadAsync(HttpContext context)
    {
        Require(context, MediaTypeNames.Application.Json);
        var limit = BodyLimitMetadata.BytesOf(context);
        var reader = context.Request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync(context.RequestAborted);
            if (read.Buffer.Length > limit)
            {
                throw TooLarge(limit);
            }

            if (read.IsCompleted)
            {
                var body = read.Buffer.ToArray();
                reader.AdvanceTo(read.Buffer.End);
                return body;
            }

            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    /// <summary>Checks the headers of a body, and sets the server's limit for it.</summary>
    public static void Require(HttpContext context, string mediaType)
    {
        var request = context.Request;
        if (request.Headers.ContentEncoding.Count > 0 && request.Headers.ContentEncoding != "identity")
        {
            throw new RequestException(
                ProblemTypes.WrongContentType,
                $"The content coding '{request.Headers.ContentEncoding}' is not allowed. Allowed: a body that is not compressed.");
        }

        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type) || !IsType(type, mediaType)
            || (type.Charset.HasValue && type.Encoding is not UTF8Encoding))
        {
            throw new RequestException(
                ProblemTypes.WrongContentType,
                $"The content type '{request.ContentType}' is not allowed. Allowed: {mediaType} in UTF-8.");
        }

        var limit = BodyLimitMetadata.BytesOf(context);
        if (request.ContentLength > limit)
        {
            throw TooLarge(limit);
        }

        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } server)
        {
            server.MaxRequestBodySize = limit;
        }
    }

    public static RequestException TooLarge(long limit) => new(
        ProblemTypes.BodyTooLarge,
        string.Create(CultureInfo.InvariantCulture, $"The body is too large. Allowed: {limit} bytes."));

    private static bool IsType(MediaTypeHeaderValue type, string mediaType) =>
        type.MediaType.Equals(mediaType, StringComparison.OrdinalIgnoreCase);
}
