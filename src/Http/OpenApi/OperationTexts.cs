using System.Globalization;
using System.Reflection;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using QLearning.Http.Keys;
using QLearning.Http.Problems;
using QLearning.Http.Routes;

namespace QLearning.Http.OpenApi;

/// <summary>Adds to each operation its errors, its example, its scope and the key under which it may be repeated.</summary>
internal sealed class OperationTexts : IOpenApiOperationTransformer
{
    private static readonly ProblemType[] _ofAll =
    [
        ProblemTypes.InvalidInput, ProblemTypes.BadRequest, ProblemTypes.Unauthenticated, ProblemTypes.WrongScope,
        ProblemTypes.WrongAgentType, ProblemTypes.TooManyRequests, ProblemTypes.StorageUnavailable, ProblemTypes.ClusterUnavailable,
        ProblemTypes.NotReady, ProblemTypes.TimedOut,
    ];

    private static readonly ProblemType[] _ofBodies =
    [
        ProblemTypes.MalformedJson, ProblemTypes.UnknownMember, ProblemTypes.DuplicateMember, ProblemTypes.TooSlow,
        ProblemTypes.BodyTooLarge, ProblemTypes.WrongContentType,
    ];

    public Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        var isKeyed = metadata.OfType<MethodInfo>()
            .Any(method => method.GetParameters().Any(parameter => parameter.ParameterType == typeof(KeyedCalls)));
        foreach (var scope in metadata.OfType<ApiScopeMetadata>())
        {
            operation.Description += $" Scope: `{scope.Scope.ToString().ToLowerInvariant()}`.";
        }

        if (isKeyed)
        {
            AddKey(operation);
        }

        IEnumerable<ProblemType> problems = _ofAll;
        problems = operation.RequestBody is null ? problems : problems.Concat(_ofBodies);
        problems = isKeyed ? problems.Append(ProblemTypes.KeyBusy).Append(ProblemTypes.KeyReused) : problems;
        problems = context.Description.RelativePath!.Contains("{agentType}", StringComparison.Ordinal)
            ? problems.Append(ProblemTypes.UnknownAgentType)
            : problems;
        AddProblems(operation, context.Document, problems.Concat(metadata.OfType<ProblemsMetadata>().SelectMany(own => own.Types)));
        if (operation.OperationId is { } id && Examples.Requests.TryGetValue(id, out var example)
            && operation.RequestBody?.Content is { } content)
        {
            foreach (var body in content.Values)
            {
                body.Example = JsonNode.Parse(example);
            }
        }

        return Task.CompletedTask;
    }

    private static void AddKey(OpenApiOperation operation) => (operation.Parameters ??= []).Add(new OpenApiParameter
    {
        Name = KeyedCalls.Header,
        In = ParameterLocation.Header,
        Description = "1 to 255 characters of the caller's own. Sent again with the same key within 24 hours, the request counts once and "
            + "gets the same answer; it is answered when its effect is durable.",
        Schema = new OpenApiSchema { Type = JsonSchemaType.String, MinLength = 1, MaxLength = 255 },
    });

    private static void AddProblems(OpenApiOperation operation, OpenApiDocument? document, IEnumerable<ProblemType> problems)
    {
        foreach (var status in problems.Distinct().GroupBy(type => type.Status).OrderBy(group => group.Key))
        {
            (operation.Responses ??= [])[status.Key.ToString(CultureInfo.InvariantCulture)] = new OpenApiResponse
            {
                Description = string.Join("; ", status.Select(type => $"{type.Title} (`{type.Urn}`)")),
                Headers = status.Any(type => type.IsPassing) ? RetryAfter() : null,
                Content = new Dictionary<string, OpenApiMediaType>
                {
                    ["application/problem+json"] = new()
                    {
                        Schema = new OpenApiSchemaReference(ApiDocument.Problem, document),
                        Example = ExampleOf(status.First()),
                    },
                },
            };
        }
    }

    private static Dictionary<string, IOpenApiHeader> RetryAfter() => new()
    {
        ["Retry-After"] = new OpenApiHeader
        {
            Description = "In how many seconds a next try makes sense.",
            Schema = new OpenApiSchema { Type = JsonSchemaType.Integer },
        },
    };

    private static JsonObject ExampleOf(ProblemType type) => new()
    {
        ["type"] = type.Urn,
        ["title"] = type.Title,
        ["status"] = type.Status,
        ["detail"] = "What was wrong, with which value. Allowed: what is allowed.",
    };
}
