using System.Security.Claims;

namespace QLearning.Mcp;

/// <summary>
/// Decides who may do what. Registered as a service before <see cref="QLearningMcpExtensions.AddQLearningMcp"/>, another implementation
/// takes the place of the default, which goes by the claims <c>scope</c> (<c>read</c>, <c>learn</c>) and <c>agent_type</c>.
/// </summary>
public interface IMcpAccess
{
    /// <summary>Whether a caller sees the tools that only read and may call them, and reads the resources.</summary>
    /// <param name="user">The caller; null over standard input.</param>
    bool MayRead(ClaimsPrincipal? user);

    /// <summary>Whether a caller sees the tools that write and may call them.</summary>
    /// <param name="user">The caller; null over standard input.</param>
    bool MayLearn(ClaimsPrincipal? user);

    /// <summary>Whether a caller may ask about an agent type.</summary>
    /// <param name="user">The caller; null over standard input.</param>
    /// <param name="agentType">The agent type as the caller sent it; it need not exist.</param>
    bool MayUse(ClaimsPrincipal? user, string agentType);
}
