using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using QLearning.Abstractions;
using QLearning.Http.Bodies;

namespace QLearning.Http.Problems;

/// <summary>One thing that went wrong, ready to be told as a problem document (RFC 9457).</summary>
/// <param name="Type">Its kind.</param>
/// <param name="Detail">What was wrong, with which value, and what is allowed.</param>
internal sealed partial record Problem(ProblemType Type, string Detail)
{
    private static readonly TimeSpan _usualPause = TimeSpan.FromSeconds(1);

    /// <summary>When a next try makes sense.</summary>
    public TimeSpan RetryAfter { get; init; } = _usualPause;

    /// <summary>Further members of the document.</summary>
    public Dictionary<string, object> Members { get; init; } = [];

    /// <summary>What an error tells a caller; null: nothing, it is a fault of this program.</summary>
    public static Problem? Of(Exception error) => error switch
    {
        RequestException refused => refused.Problem,
        EpisodeLostException => new(ProblemTypes.EpisodeLost, error.Message),
        AgentStateException => new(ProblemTypes.AgentState, error.Message),
        InvalidInputException { IsLearned: true } => new(ProblemTypes.InvalidInput, error.Message) { Members = { ["learned"] = true } },
        InvalidInputException => new(ProblemTypes.InvalidInput, error.Message),
        UnknownAgentTypeException => new(ProblemTypes.UnknownAgentType, error.Message),
        UnknownAgentException => new(ProblemTypes.UnknownAgent, error.Message),
        UnknownSessionException => new(ProblemTypes.UnknownSession, error.Message),
        UnknownPatternException => new(ProblemTypes.UnknownPattern, error.Message),
        WriteBacklogFullException full => new(ProblemTypes.BacklogFull, full.Message) { RetryAfter = full.RetryAfter },
        PartlyLearnedException partly => OfPartlyLearned(partly, before: 0),
        StorageUnavailableException storage => new(ProblemTypes.StorageUnavailable, storage.Message)
        {
            Members = { ["learned"] = storage.IsLearned },
        },
        ClusterUnavailableException or FencedException => new(ProblemTypes.ClusterUnavailable, error.Message),
        BadHttpRequestException bad => OfBadRequest(bad),
        _ => null,
    };

    /// <summary>What some updates did of which others were not learned.</summary>
    /// <param name="partly">Which.</param>
    /// <param name="before">How many the caller sent before them.</param>
    public static Problem OfPartlyLearned(PartlyLearnedException partly, long before) => new(ProblemTypes.PartlyLearned, partly.Message)
    {
        Members =
        {
            ["notLearned"] = partly.NotLearned.Select(place => before + place).ToArray(),
            ["mayBeLearned"] = partly.MayBeLearned.Select(place => before + place).ToArray(),
        },
    };

    private static Problem OfBadRequest(BadHttpRequestException bad) => UnboundParameter().Match(bad.Message) is { Success: true } bound
        ? new(
            ProblemTypes.InvalidInput,
            $"The parameter '{bound.Groups[2].Value}' '{bound.Groups[3].Value}' is not allowed. "
            + $"Allowed: {Expected(bound.Groups[1].Value)}.")
        : MissingParameter().Match(bad.Message) is { Success: true } missing
        ? new(ProblemTypes.InvalidInput, $"The parameter '{missing.Groups[1].Value}' is missing. Allowed: a request that has it.")
        : new(ProblemTypes.OfStatus(bad.StatusCode), bad.Message);

    // Such as Nullable<int>.
    private static string Expected(string type) => type switch
    {
        _ when type.Contains("int", StringComparison.Ordinal) => "a whole number",
        _ when type.Contains("bool", StringComparison.Ordinal) => "true or false",
        _ when type.Contains("Guid", StringComparison.Ordinal) => "a UUID",
        _ => "what GET /openapi/v1.json says of it",
    };

    [GeneratedRegex("^Failed to bind parameter \"(\\S+) (\\S+)\" from \"(.*)\"", RegexOptions.Singleline)]
    private static partial Regex UnboundParameter();

    [GeneratedRegex("^Required parameter \"\\S+ (\\S+)\" was not provided")]
    private static partial Regex MissingParameter();

    /// <summary>Writes the document.</summary>
    public Task WriteAsync(HttpContext context)
    {
        context.Response.StatusCode = Type.Status;
        context.Response.Headers.CacheControl = "no-store";
        if (Type.IsPassing)
        {
            context.Response.Headers.RetryAfter =
                Math.Max(1, Math.Ceiling(RetryAfter.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        }

        if (Type == ProblemTypes.BodyTooLarge && HttpProtocol.IsHttp11(context.Request.Protocol))
        {
            // The server closes the connection, as the rest of the body is not read. A client that is not told may send its next request
            // on it meanwhile, and lose that.
            context.Response.Headers.Connection = "close";
        }

        return context.Response.WriteAsJsonAsync(
            ToDocument(), HttpJson.Options, "application/problem+json", context.RequestAborted);
    }

    /// <summary>The document.</summary>
    public Dictionary<string, object> ToDocument() => new(Members)
    {
        ["type"] = Type.Urn,
        ["title"] = Type.Title,
        ["status"] = Type.Status,
        ["detail"] = Detail,
    };
}
