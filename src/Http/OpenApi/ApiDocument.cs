using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;
using QLearning.Abstractions;
using QLearning.Http.Bodies;
using QLearning.Http.Problems;

namespace QLearning.Http.OpenApi;

/// <summary>The OpenAPI document of the API, made from the routes and what they say of themselves.</summary>
internal static class ApiDocument
{
    public const string Name = "v1";
    public const string Problem = "Problem";

    private const string Key = "key";

    private const string Description =
        "Q-learning for fleets of agents. A state or action is a string, which is its key, or any other JSON that describes it: its key is "
        + "then the SHA-256 of the canonical JSON (RFC 8785). Errors are problem documents (RFC 9457) with a `type` that never changes. "
        + "A request that changes something may have an `Idempotency-Key`: sent again with it within 24 hours, to whichever server, it "
        + "counts once. Answers have null where SQL stored NaN or an infinity; null is no number in a body.";

    public static void Add(IServiceCollection services) => services.AddOpenApi(Name, options =>
    {
        options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new OpenApiInfo { Title = "QLearning.Orleans", Version = Name, Description = Description };
            document.Servers = [];
            document.AddComponent(Problem, ProblemSchema());
            document.AddComponent(Key, KeyScheme());
            document.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Key, document)] = [] }];
            return Task.CompletedTask;
        });
        options.AddOperationTransformer<OperationTexts>();
        options.AddSchemaTransformer((schema, context, _) =>
        {
            Describe(schema, context.JsonTypeInfo.Type);
            AllowNull(schema, context.JsonPropertyInfo);
            return Task.CompletedTask;
        });
    });

    private static OpenApiSecurityScheme KeyScheme() => new()
    {
        Type = SecuritySchemeType.Http,
        Scheme = "bearer",
        Description = "A key of `qlearn keys add`. A server of the embedded default on a loopback address asks for none.",
    };

    private static void Describe(OpenApiSchema schema, Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(StateValue))
        {
            Describe(schema, "A state: a string is its key; any other JSON describes it.", """{"coverage_gap":30}""", "\"a1b2c3d4\"");
        }
        else if (type == typeof(ActionValue))
        {
            Describe(
                schema, "An action: a string is its name and key; any other JSON describes it.", "\"run_all_tests\"", """{"parallel":4}""");
        }
        else if (type == typeof(RawJson))
        {
            Describe(schema, "Any JSON.", """{"branch":"main"}""");
        }
    }

    // These are answered as the cluster has them, and SQL may have stored NaN or an infinity.
    private static void AllowNull(OpenApiSchema schema, JsonPropertyInfo? property)
    {
        if (property?.PropertyType == typeof(double)
            && (property.DeclaringType == typeof(AgentTypeInfo) || property.DeclaringType == typeof(AgentInfo)))
        {
            schema.Type |= JsonSchemaType.Null;
        }
    }

    private static void Describe(OpenApiSchema schema, string description, params string[] examples) =>
        (schema.Description, schema.Examples) = (description, [.. examples.Select(example => JsonNode.Parse(example)!)]);

    private static OpenApiSchema ProblemSchema() => new()
    {
        Type = JsonSchemaType.Object,
        Description = "What went wrong (RFC 9457).",
        Required = new HashSet<string> { "type", "title", "status", "detail" },
        Properties = new Dictionary<string, IOpenApiSchema>
        {
            ["type"] = new OpenApiSchema
            {
                Type = JsonSchemaType.String,
                Description = "Its kind; never changes.",
                Enum = [.. ProblemTypes.All.Select(type => JsonValue.Create(type.Urn))],
            },
            ["title"] = Text("The kind in words."),
            ["status"] = new OpenApiSchema { Type = JsonSchemaType.Integer, Description = "The HTTP status." },
            ["detail"] = Text("What was wrong, with which value, and what is allowed."),
            ["offset"] = new OpenApiSchema { Type = JsonSchemaType.Integer, Description = "Where in the body, in bytes." },
            ["member"] = Text("The member of the body that is unknown or there twice."),
            ["learned"] = new OpenApiSchema
            {
                Type = JsonSchemaType.Boolean,
                Description = "Whether the updates were learned and only wait for PostgreSQL: do not send them again without a key.",
            },
            ["notLearned"] = Places("The places of the updates that were not learned."),
            ["mayBeLearned"] = Places("The places of the updates of which it is not known."),
            ["line"] = new OpenApiSchema { Type = JsonSchemaType.Integer, Description = "The line of a stream." },
        },
    };

    private static OpenApiSchema Text(string description) => new() { Type = JsonSchemaType.String, Description = description };

    private static OpenApiSchema Places(string description) => new()
    {
        Type = JsonSchemaType.Array,
        Description = description,
        Items = new OpenApiSchema { Type = JsonSchemaType.Integer },
    };
}
