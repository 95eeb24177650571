using System.Security.Claims;

namespace QLearning.Mcp.Access;

/// <summary>Everybody may do everything.</summary>
internal sealed class OpenAccess : IMcpAccess
{
    public bool MayLearn(ClaimsPrincipal? user) => true;

    public bool MayUse(ClaimsPrincipal? user, string agentType) => true;
}
