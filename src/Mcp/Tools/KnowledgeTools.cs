using System.ComponentModel;
using ModelContextProtocol.Server;
using QLearning.Abstractions;
using QLearning.Client;

namespace QLearning.Mcp.Tools;

/// <summary>What has been learned.</summary>
/// <param name="client">The cluster.</param>
[McpServerToolType]
internal sealed class KnowledgeTools(IQLearningClient client)
{
    [McpServerTool(Name = "qlearning_best_action", Title = "The best action known", ReadOnly = true, Destructive = false,
        Idempotent = true, OpenWorld = false, UseStructuredContent = true)]
    [Description("The action with the highest Q-value in a state, from what all agents of the type have learned. Changes nothing; to act "
        + "and learn, call qlearning_select_action instead.")]
    public async Task<BestKnown> BestAsync(
        [Description("The agent type; qlearning_agent_status lists them.")] string agentType,
        [Description(TextValue.StateHelp)] string state,
        CancellationToken cancellationToken = default)
    {
        await client.AgentTypes.GetAsync(agentType, cancellationToken);
        var best = await client.AgentType(agentType).GetBestActionAsync(TextValue.StateOf(state).Key, cancellationToken);
        if (best is null)
        {
            return new BestKnown(null, null, null, null, null);
        }

        var action = new AgentAction(best.Key, best.Json);
        return new BestKnown(
            TextValue.Of(action), TextValue.DescriptionOf(action), best.QValue, best.Confidence, best.VisitCount);
    }

    [McpServerTool(Name = "qlearning_q_values", Title = "All that is known of a state", ReadOnly = true, Destructive = false,
        Idempotent = true, OpenWorld = false, UseStructuredContent = true)]
    [Description("All actions learned in a state with their Q-values, to compare them. Changes nothing.")]
    public async Task<KnownValues> QValuesAsync(
        [Description("The agent type; qlearning_agent_status lists them.")] string agentType,
        [Description(TextValue.StateHelp)] string state,
        CancellationToken cancellationToken = default)
    {
        await client.AgentTypes.GetAsync(agentType, cancellationToken);
        var values = await client.AgentType(agentType).GetQValuesAsync(TextValue.StateOf(state).Key, cancellationToken);
        return new KnownValues(
        [
            .. values.Select(value => ValueOf(value, new AgentAction(value.Action, value.ActionJson))),
        ]);
    }

    private static ActionValue ValueOf(QValue value, AgentAction action) => new(
        TextValue.Of(action), TextValue.DescriptionOf(action), value.Value, value.VisitCount, value.Confidence, value.Uncertainty);
}
