using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using QLearning.Abstractions;

namespace QLearning.Http.Bodies;

/// <summary>How JSON is read and written: strictly, so that a typing error is an error and not a default.</summary>
internal static class HttpJson
{
    public static JsonSerializerOptions Options { get; } = Make();

    public static void Configure(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.CamelCase;
        options.PropertyNameCaseInsensitive = false;
        options.NumberHandling = JsonNumberHandling.Strict;
        options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        options.AllowDuplicateProperties = false;
        options.RespectNullableAnnotations = true;
        options.RespectRequiredConstructorParameters = true;
        // What is answered is never part of a page: quotes may stay quotes.
        options.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        options.MaxDepth = QLimits.MaxJsonDepth;
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false));
    }

    private static JsonSerializerOptions Make()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web);
        Configure(options);
        // Not in Configure: the OpenAPI document is made of what stands there, and knows no type of what has a converter of ours.
        options.Converters.Insert(0, new ChoiceConverter());
        options.Converters.Insert(0, new DoubleJsonConverter());
        options.TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { ListsWithoutNull.Require } };
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }
}
