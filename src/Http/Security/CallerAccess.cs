using System.Security.Claims;
using Microsoft.AspNetCore.Http;
using QLearning.Abstractions;
using QLearning.Http.Problems;

namespace QLearning.Http.Security;

/// <summary>
/// What a caller may do, as claims: one of type <c>scope</c> for each scope, and one of type <c>agent_type</c> for each agent type that he
/// is limited to; none of the latter: he may use all. They are the same for keys, tokens, and callers of a server that asks for neither.
/// </summary>
internal static class CallerAccess
{
    public const string Scope = "scope";
    public const string AgentType = "agent_type";

    private static readonly Claim[] _allScopes = [.. Enum.GetValues<ApiScope>().Select(scope => new Claim(Scope, NameOf(scope)))];

    /// <summary>An anonymous caller, who may do all: authentication is off.</summary>
    public static ClaimsPrincipal Anyone { get; } = new(new ClaimsIdentity(_allScopes));

    /// <summary>The holder of a key.</summary>
    public static ClaimsPrincipal Of(ApiKeyHolder holder, string authenticationType) => new(new ClaimsIdentity(
        [
            new Claim(ClaimTypes.Name, holder.Name),
            .. holder.Scopes.Select(scope => new Claim(Scope, NameOf(scope))),
            .. (holder.AgentTypes ?? []).Select(type => new Claim(AgentType, type)),
        ],
        authenticationType));

    public static string NameOf(ApiScope scope) => scope switch
    {
        ApiScope.Read => "read",
        ApiScope.Learn => "learn",
        _ => "admin",
    };

    public static bool Has(this ClaimsPrincipal caller, ApiScope scope) => caller.HasClaim(Scope, NameOf(scope));

    /// <summary>The agent types that he is limited to; none: he may use all.</summary>
    public static IReadOnlyList<string> LimitsOf(ClaimsPrincipal caller) => [.. caller.FindAll(AgentType).Select(claim => claim.Value)];

    /// <summary>Whether he may use an agent type.</summary>
    public static bool MayUse(this ClaimsPrincipal caller, string agentType)
    {
        var isLimited = false;
        foreach (var claim in caller.FindAll(AgentType))
        {
            if (claim.Value == agentType)
            {
                return true;
            }

            isLimited = true;
        }

        return !isLimited;
    }

    /// <summary>Refuses a caller who may not use an agent type, on routes whose address does not name it.</summary>
    /// <exception cref="RequestException">He may not.</exception>
    public static void RequireAgentType(this HttpContext context, string agentType)
    {
        if (!context.User.MayUse(agentType))
        {
            throw WrongAgentType(context.User);
        }
    }

    /// <summary>Says which agent types the caller may use, and not which one it was: whether that one exists is not his concern.</summary>
    public static RequestException WrongAgentType(ClaimsPrincipal caller) => new(
        ProblemTypes.WrongAgentType,
        $"The key is not for this. Allowed: requests that concern only its agent types: {string.Join(", ", LimitsOf(caller))}.");
}
