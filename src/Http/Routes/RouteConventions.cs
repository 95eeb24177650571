using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Timeouts;
using QLearning.Abstractions;
using QLearning.Http.Bodies;
using QLearning.Http.Problems;
using QLearning.Http.Security;

namespace QLearning.Http.Routes;

/// <summary>What every route says of itself: in metadata, since comments of another assembly do not reach the OpenAPI document.</summary>
internal static class RouteConventions
{
    private static readonly DisableRequestTimeoutAttribute _noTimeout = new();

    /// <summary>Describes a route.</summary>
    /// <param name="route">The route.</param>
    /// <param name="scope">What its caller must be allowed to do.</param>
    /// <param name="name">Its operation id.</param>
    /// <param name="summary">What it does, in a few words.</param>
    /// <param name="description">What else a caller must know.</param>
    public static RouteHandlerBuilder Says(
        this RouteHandlerBuilder route, ApiScope scope, string name, string summary, string description) => route
            .WithMetadata(new ApiScopeMetadata(scope))
            .RequireAuthorization(RouteRequirement.PolicyOf(scope))
            .WithName(name)
            .WithSummary(summary)
            .WithDescription(description);

    /// <summary>Says that its handler shows and does only what callers who are limited to agent types may see and do.</summary>
    public static RouteHandlerBuilder LooksAtAgentTypes(this RouteHandlerBuilder route) => route.WithMetadata(new LooksAtAgentTypes());

    /// <summary>Says how large its body may be.</summary>
    public static RouteHandlerBuilder Takes(this RouteHandlerBuilder route, BodyLimit limit) =>
        route.WithMetadata(new BodyLimitMetadata(limit));

    /// <summary>
    /// Says that it only makes calls to the cluster, each of which has a limit of its own, so that each request is spared a timer.
    /// </summary>
    public static RouteHandlerBuilder IsLimitedByItsCalls(this RouteHandlerBuilder route) => route.WithMetadata(_noTimeout);

    /// <summary>Says which problems it may answer with, beside those of all routes.</summary>
    public static RouteHandlerBuilder MayFailBy(this RouteHandlerBuilder route, params ProblemType[] types) =>
        route.WithMetadata(new ProblemsMetadata(types));
}

/// <summary>The problems of a route.</summary>
/// <param name="Types">Their kinds.</param>
internal sealed record ProblemsMetadata(IReadOnlyList<ProblemType> Types);
