using System.Text.Json;
using System.Text.Json.Serialization;
using QLearning.Abstractions;

namespace QLearning.Storage.Agents;

/// <summary>
/// What <c>agent_states.metadata</c> holds of ours, under the camel-case names of these properties: settings that differ from the agent
/// type's, the session the agent is in, the error it reported. Other names belong to other programs and stay.
/// </summary>
internal sealed record AgentMetadata
{
    private static readonly JsonSerializerOptions _options = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    public double? MinExplorationRate { get; init; }

    public double? ExplorationDecay { get; init; }

    public double? LearningRate { get; init; }

    public Guid? SessionId { get; init; }

    public string? Error { get; init; }

    /// <exception cref="InvalidInputException">Another program wrote a wrong type under one of our names.</exception>
    public static AgentMetadata Parse(AgentKey agent, string? json)
    {
        try
        {
            return json is null ? new AgentMetadata() : JsonSerializer.Deserialize<AgentMetadata>(json, _options) ?? new AgentMetadata();
        }
        catch (JsonException error)
        {
            throw InvalidInputException.For(
                $"metadata of agent {agent}", json, $"{error.Path} has a wrong value",
                "an object; minExplorationRate, explorationDecay and learningRate numbers, sessionId a UUID, error a text");
        }
    }

    public string ToJson() => JsonSerializer.Serialize(this, _options);
}
