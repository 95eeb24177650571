using System.ComponentModel;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using QLearning.Abstractions;
using QLearning.Client;

namespace QLearning.Mcp.Tools;

/// <summary>Who learns here.</summary>
/// <param name="client">The cluster.</param>
/// <param name="access">Who may see which agent type.</param>
[McpServerToolType]
internal sealed class StatusTools(IQLearningClient client, IMcpAccess access)
{
    private const int MostAgents = 50;

    [McpServerTool(Name = "qlearning_agent_status", Title = "Agent types and agents", ReadOnly = true, Destructive = false,
        Idempotent = true, OpenWorld = false, UseStructuredContent = true)]
    [Description("Without arguments: the agent types. With an agent type: its agents. With an agent too: that agent's status, exploration "
        + "rate and success.")]
    public async Task<StatusAnswer> StatusAsync(
        RequestContext<CallToolRequestParams> request,
        [Description("The agent type.")] string? agentType = null,
        [Description("The agent's name.")] string? agent = null,
        CancellationToken cancellationToken = default)
    {
        if (agentType is null)
        {
            return agent is null
                ? new StatusAnswer(await ListAsync(request, cancellationToken), [], HasMore: false)
                : throw InvalidInputException.For("agent", agent, "its 'agentType' is not named", "both, or the agent type only");
        }

        AgentTypeAnswer[] types = [Of(await client.AgentTypes.GetAsync(agentType, cancellationToken))];
        if (agent is not null)
        {
            var one = await client.Agent(agentType, agent).GetAsync(cancellationToken);
            return new StatusAnswer(types, [AgentAnswer.Of(one)], HasMore: false);
        }

        var query = new AgentQuery { AgentType = agentType, Limit = MostAgents };
        var page = await client.AgentType(agentType).GetAgentsAsync(query, cancellationToken);
        return new StatusAnswer(types, [.. page.Agents.Select(AgentAnswer.Of)], page.Next is not null);
    }

    private async Task<AgentTypeAnswer[]> ListAsync(RequestContext<CallToolRequestParams> request, CancellationToken cancellationToken) =>
        [.. (await client.AgentTypes.ListAsync(cancellationToken)).Where(type => access.MayUse(request.User, type.AgentType)).Select(Of)];

    private static AgentTypeAnswer Of(AgentTypeInfo type) =>
        new(type.AgentType, type.DisplayName, type.Description, type.IsActive, type.SettingsError);
}
