using System.Net.Mime;
using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;

namespace QLearning.Http.Bodies;

/// <summary>The body of a request, read strictly.</summary>
/// <typeparam name="T">What it has.</typeparam>
/// <param name="Value">What it says.</param>
/// <param name="Bytes">As it came.</param>
internal sealed record JsonBody<T>(T Value, byte[] Bytes) : IEndpointParameterMetadataProvider
    where T : notnull
{
    /// <exception cref="Problems.RequestException">It cannot be read.</exception>
    public static async ValueTask<JsonBody<T>?> BindAsync(HttpContext context, ParameterInfo _)
    {
        var bytes = await BodyReader.ReadAsync(context);
        return new JsonBody<T>(JsonParser.Parse<T>(bytes), bytes);
    }

    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) =>
        builder.Metadata.Add(new AcceptsMetadata([MediaTypeNames.Application.Json], typeof(T)));
}
