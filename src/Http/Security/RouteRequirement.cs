using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using QLearning.Abstractions;

namespace QLearning.Http.Security;

/// <summary>A route of the API: the caller needs its scope, and must be allowed the agent type in its address.</summary>
/// <param name="scope">The scope.</param>
internal sealed class RouteRequirement(ApiScope scope) : AuthorizationHandler<RouteRequirement>, IAuthorizationRequirement
{
    private const string AgentType = "agentType";

    private static readonly AuthorizationPolicy[] _policies = [.. Enum.GetValues<ApiScope>().Select(scope =>
        new AuthorizationPolicyBuilder().AddRequirements(new RouteRequirement(scope)).Build())];

    /// <summary>The policy of all routes of a scope.</summary>
    public static AuthorizationPolicy PolicyOf(ApiScope scope) => _policies[(int)scope];

    /// <summary>
    /// Whether the caller may use the agent type of the request. A route without one is only for callers who may use all, unless its
    /// handler says that it looks by itself.
    /// </summary>
    public static bool MayUse(ClaimsPrincipal caller, HttpContext request) => request.Request.RouteValues[AgentType] is string agentType
        ? caller.MayUse(agentType)
        : request.GetEndpoint()?.Metadata.GetMetadata<LooksAtAgentTypes>() is not null
            || !caller.HasClaim(static claim => claim.Type == CallerAccess.AgentType);

    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, RouteRequirement requirement)
    {
        if (context.User.Has(scope) && context.Resource is HttpContext request && MayUse(context.User, request))
        {
            context.Succeed(requirement);
        }

        return Task.CompletedTask;
    }
}

/// <summary>The metadata of a route without an agent type in its address whose handler shows and does only what the caller may.</summary>
internal sealed class LooksAtAgentTypes;
