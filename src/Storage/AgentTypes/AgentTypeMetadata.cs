using System.Text.Json;
using System.Text.Json.Serialization;
using QLearning.Abstractions;
using QLearning.Abstractions.Input;

namespace QLearning.Storage.AgentTypes;

/// <summary>
/// Reads <see cref="AgentTypeSettings"/> from <c>agent_types.metadata</c>: a JSON object with the camel-case names of its properties.
/// Other names belong to other programs and are passed over.
/// </summary>
public static class AgentTypeMetadata
{
    private static readonly JsonSerializerOptions _options = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
    };

    private static readonly JsonSerializerOptions _writeOptions = new(_options)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>Reads and checks the settings.</summary>
    /// <param name="agentType">Whose metadata it is, for the error message.</param>
    /// <param name="json">The column, or null.</param>
    /// <exception cref="InvalidInputException">A setting is of the wrong type or out of its range.</exception>
    public static AgentTypeSettings Parse(string agentType, string? json)
    {
        if (string.IsNullOrWhiteSpace(json))
        {
            return new AgentTypeSettings();
        }

        AgentTypeSettings settings;
        try
        {
            settings = JsonSerializer.Deserialize<AgentTypeSettings>(json, _options) ?? new AgentTypeSettings();
        }
        catch (JsonException error)
        {
            throw InvalidInputException.For(
                $"metadata of agent type {agentType}", json, $"{error.Path} has a wrong value", AgentTypeCheck.AllowedSettings);
        }

        AgentTypeCheck.Settings(agentType, settings, json);
        return settings;
    }

    /// <summary>The settings as JSON; a hot limit that is null is left out.</summary>
    internal static string ToJson(AgentTypeSettings settings) => JsonSerializer.Serialize(settings, _writeOptions);
}
