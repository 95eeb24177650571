using System.ComponentModel;
using System.Security.Claims;
using System.Text.Json;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using QLearning.Abstractions;
using QLearning.Client;

namespace QLearning.Mcp.Resources;

/// <summary>Agent types as documents: <c>qlearning://agent-types/{name}</c>.</summary>
/// <param name="client">The cluster.</param>
/// <param name="access">Who may see which agent type.</param>
[McpServerResourceType]
internal sealed class AgentTypeResources(IQLearningClient client, IMcpAccess access)
{
    private const string Json = "application/json";

    [McpServerResource(UriTemplate = "qlearning://agent-types", Name = "agent_types", Title = "All agent types", MimeType = Json)]
    [Description("The names of all agent types, for qlearning://agent-types/{name}.")]
    public async Task<string> ListAsync(RequestContext<ReadResourceRequestParams> request, CancellationToken cancellationToken)
    {
        var types = await client.AgentTypes.ListAsync(cancellationToken);
        return JsonSerializer.Serialize(
            types.Select(type => type.AgentType).Where(name => MaySee(request.User, name)), McpJson.Options);
    }

    [McpServerResource(UriTemplate = "qlearning://agent-types/{name}", Name = "agent_type", Title = "One agent type", MimeType = Json)]
    [Description("An agent type: what its agents do, how they learn and explore, and how much they have learned.")]
    public async Task<string> GetAsync(
        RequestContext<ReadResourceRequestParams> request, string name, CancellationToken cancellationToken)
    {
        try
        {
            if (!MaySee(request.User, name))
            {
                throw UnknownAgentTypeException.For(name);
            }

            var type = await client.AgentTypes.GetAsync(name, cancellationToken);
            var statistics = await client.AgentType(name).GetStatisticsAsync(cancellationToken);
            return JsonSerializer.Serialize(
                new AgentTypeDocument(type, statistics.States, statistics.QValues, statistics.Actions, statistics.Visits), McpJson.Options);
        }
        catch (UnknownAgentTypeException error)
        {
            throw new McpProtocolException(error.Message, McpErrorCode.ResourceNotFound);
        }
        catch (InvalidInputException error)
        {
            throw new McpProtocolException(error.Message, McpErrorCode.InvalidParams);
        }
    }

    private bool MaySee(ClaimsPrincipal? user, string agentType) => access.MayRead(user) && access.MayUse(user, agentType);

    /// <summary>An agent type with what it holds in memory.</summary>
    private sealed record AgentTypeDocument(AgentTypeInfo AgentType, int States, int QValues, int Actions, long Visits);
}
