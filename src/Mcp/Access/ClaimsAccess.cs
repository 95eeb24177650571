using System.Security.Claims;

namespace QLearning.Mcp.Access;

/// <summary>
/// Goes by what the server knows of its callers: a claim <c>scope</c> for each scope of theirs, and a claim <c>agent_type</c> for each
/// agent type that they are limited to. Over standard input whoever started the program asks, and may do everything.
/// </summary>
internal sealed class ClaimsAccess : IMcpAccess
{
    private const string AgentType = "agent_type";

    public bool MayRead(ClaimsPrincipal? user) => user is null || user.HasClaim("scope", "read");

    public bool MayLearn(ClaimsPrincipal? user) => user is null || user.HasClaim("scope", "learn");

    public bool MayUse(ClaimsPrincipal? user, string agentType) =>
        user is null || user.HasClaim(AgentType, agentType) || !user.HasClaim(static claim => claim.Type == AgentType);
}
