using System.Text.Json;
using System.Text.Json.Serialization;
using QLearning.Abstractions;

namespace QLearning.Storage.AgentTypes;

/// <summary>
/// Reads <see cref="AgentTypeSettings"/> from <c>agent_types.metadata</c>: a JSON object with the camel-case names of its properties.
/// Other names belong to other programs and are passed over.
/// </summary>
public static class AgentTypeMetadata
{
    private const int MinHotLimit = 2 * QLimits.MaxBatch;
    private const int MaxHotLimit = 100_000_000;
    private const int MaxTtlDays = 36_500;

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
            throw InvalidInputException.For($"metadata of agent type {agentType}", json, $"{error.Path} has a wrong value", Allowed);
        }

        Check(agentType, settings, json);
        return settings;
    }

    /// <summary>Checks settings.</summary>
    /// <param name="agentType">Whose they are, for the error message.</param>
    /// <param name="settings">The settings.</param>
    /// <exception cref="InvalidInputException">A setting is out of its range.</exception>
    public static void Check(string agentType, AgentTypeSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        Check(agentType, settings, settings);
    }

    /// <summary>The settings as JSON; a hot limit that is null is left out.</summary>
    internal static string ToJson(AgentTypeSettings settings) => JsonSerializer.Serialize(settings, _writeOptions);

    private static void Check(string agentType, AgentTypeSettings settings, object shown)
    {
        if (Problem(settings) is { } problem)
        {
            throw InvalidInputException.For($"metadata of agent type {agentType}", shown, problem, Allowed);
        }
    }

    private const string Allowed =
        "learningRule qLearning, sarsa or expectedSarsa; explorationPolicy epsilonGreedy, greedy, softmax or ucb1; temperature above 0; "
        + "ucb1Constant 0 or more; ttlDays 1 to 36500; writeMode writeBehind or durable; hotLimit 20000 to 100000000; partitions 1 to 64";

    private static string? Problem(AgentTypeSettings settings) => settings switch
    {
        _ when !Enum.IsDefined(settings.LearningRule) => "learningRule is unknown",
        _ when !Enum.IsDefined(settings.ExplorationPolicy) => "explorationPolicy is unknown",
        _ when !Enum.IsDefined(settings.WriteMode) => "writeMode is unknown",
        { Temperature: not (> 0 and <= QLimits.MaxQValue) } => "temperature is out of range",
        { Ucb1Constant: not (>= 0 and <= QLimits.MaxQValue) } => "ucb1Constant is out of range",
        { TtlDays: < 1 or > MaxTtlDays } => "ttlDays is out of range",
        { HotLimit: < MinHotLimit or > MaxHotLimit } => "hotLimit is out of range",
        { Partitions: < 1 or > TablePartition.MaxCount } => "partitions is out of range",
        _ => null,
    };
}
