using Microsoft.AspNetCore.Http;

namespace QLearning.Http.Problems;

/// <summary>Every kind of problem; <c>docs/http.md</c> lists them, which a test holds.</summary>
internal static class ProblemTypes
{
    public static readonly ProblemType InvalidInput = new("invalid-input", 400, "Something that was sent is not allowed");
    public static readonly ProblemType MalformedJson = new("malformed-json", 400, "The body is not JSON");
    public static readonly ProblemType UnknownMember = new("unknown-member", 400, "The body has an unknown member");
    public static readonly ProblemType DuplicateMember = new("duplicate-member", 400, "The body has a member twice");
    public static readonly ProblemType BadRequest = new("bad-request", 400, "The request cannot be read");
    public static readonly ProblemType WrongHost = new("wrong-host", 400, "The server has another name");
    public static readonly ProblemType Unauthenticated = new("unauthenticated", 401, "The request says not who makes it");
    public static readonly ProblemType WrongScope = new("wrong-scope", 403, "The caller may not do this");
    public static readonly ProblemType WrongAgentType = new("wrong-agent-type", 403, "The caller may not use this agent type");
    public static readonly ProblemType WrongOrigin = new("wrong-origin", 403, "Pages of another site may not call");
    public static readonly ProblemType UnknownAgentType = new("unknown-agent-type", 404, "The agent type is not registered");
    public static readonly ProblemType UnknownAgent = new("unknown-agent", 404, "The agent is not known");
    public static readonly ProblemType UnknownSession = new("unknown-session", 404, "The session is not known");
    public static readonly ProblemType UnknownPattern = new("unknown-pattern", 404, "The pattern is not known");
    public static readonly ProblemType UnknownRoute = new("unknown-route", 404, "There is nothing at this address");
    public static readonly ProblemType WrongMethod = new("wrong-method", 405, "The address does not take this method");
    public static readonly ProblemType TooSlow = new("too-slow", 408, "The body came too slowly");
    public static readonly ProblemType AgentState = new("agent-state", 409, "The agent cannot do this now");
    public static readonly ProblemType EpisodeLost = new("episode-lost", 409, "The episode went with the silo that had it");
    public static readonly ProblemType PartlyLearned = new("partly-learned", 409, "Some updates were learned, others were not");
    public static readonly ProblemType KeyBusy = new("idempotency-key-busy", 409, "A request with this key is under way", IsPassing: true);
    public static readonly ProblemType BodyTooLarge = new("body-too-large", 413, "The body is too large");
    public static readonly ProblemType WrongContentType = new("wrong-content-type", 415, "The body has another type or coding");
    public static readonly ProblemType KeyReused = new("idempotency-key-reused", 422, "The key was used for another request");
    public static readonly ProblemType BacklogFull = new("write-backlog-full", 429, "Too much waits for PostgreSQL", IsPassing: true);
    public static readonly ProblemType TooManyRequests = new("too-many-requests", 429, "The caller asks too often", IsPassing: true);
    public static readonly ProblemType HeadersTooLarge = new("headers-too-large", 431, "The headers are too large");
    public static readonly ProblemType InternalError = new("internal-error", 500, "The server has a fault");
    public static readonly ProblemType StorageUnavailable =
        new("storage-unavailable", 503, "PostgreSQL cannot be asked", IsPassing: true);

    public static readonly ProblemType ClusterUnavailable = new("cluster-unavailable", 503, "No silo answered in time", IsPassing: true);
    public static readonly ProblemType NotReady = new("not-ready", 503, "The server starts or stops", IsPassing: true);
    public static readonly ProblemType TimedOut = new("timed-out", 503, "The request took too long", IsPassing: true);

    /// <summary>All of them, in the order of their status.</summary>
    public static IReadOnlyList<ProblemType> All { get; } =
    [
        InvalidInput, MalformedJson, UnknownMember, DuplicateMember, BadRequest, WrongHost, Unauthenticated, WrongScope, WrongAgentType,
        WrongOrigin, UnknownAgentType, UnknownAgent, UnknownSession, UnknownPattern, UnknownRoute, WrongMethod, TooSlow, AgentState,
        EpisodeLost, PartlyLearned, KeyBusy, BodyTooLarge, WrongContentType, KeyReused, BacklogFull, TooManyRequests, HeadersTooLarge,
        InternalError, StorageUnavailable, ClusterUnavailable, NotReady,
        TimedOut,
    ];

    /// <summary>The problem that a bare status tells.</summary>
    public static ProblemType OfStatus(int status) => status switch
    {
        StatusCodes.Status404NotFound => UnknownRoute,
        StatusCodes.Status405MethodNotAllowed => WrongMethod,
        StatusCodes.Status408RequestTimeout => TooSlow,
        StatusCodes.Status413PayloadTooLarge => BodyTooLarge,
        StatusCodes.Status415UnsupportedMediaType => WrongContentType,
        StatusCodes.Status431RequestHeaderFieldsTooLarge => HeadersTooLarge,
        StatusCodes.Status503ServiceUnavailable or StatusCodes.Status504GatewayTimeout => TimedOut,
        _ => status >= StatusCodes.Status500InternalServerError ? InternalError : BadRequest,
    };
}
