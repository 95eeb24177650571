using System.Text.Json;
using System.Text.Json.Serialization;
using QLearning.Abstractions;
using QLearning.Abstractions.Json;
using QLearning.Storage.AgentTypes;

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

    private static readonly string[] _settings = ["minExplorationRate", "explorationDecay", "learningRate"];

    private static readonly string _learningRates = FormattableString.Invariant($"{QLimits.MinLearningRate} to 1");

    public double? MinExplorationRate { get; init; }

    public double? ExplorationDecay { get; init; }

    public double? LearningRate { get; init; }

    public Guid? SessionId { get; init; }

    public string? Error { get; init; }

    /// <summary>
    /// Reads the column. What another program wrote under one of our names and cannot be used counts as absent, so that it harms no other
    /// agent; <paramref name="problem"/> says what and what is allowed, <paramref name="hint"/> which name looks like a misspelt
    /// setting. A number may be written as text, as in <c>agent_types.metadata</c>.
    /// </summary>
    public static AgentMetadata Read(string? json, out string? problem, out string? hint)
    {
        (problem, hint) = (null, null);
        if (json is null)
        {
            return new AgentMetadata();
        }

        using var document = JsonText.ParseStored(json);
        var root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object)
        {
            problem = root.ValueKind == JsonValueKind.Null ? null : Problem("metadata", root, "an object");
            return new AgentMetadata();
        }

        hint = AgentTypeMetadata.Misspelt(root, _settings);
        return new AgentMetadata
        {
            MinExplorationRate = Rate(root, "minExplorationRate", 0, "0 to 1", ref problem),
            ExplorationDecay = Rate(root, "explorationDecay", 0, "0 to 1", ref problem),
            LearningRate = Rate(root, "learningRate", QLimits.MinLearningRate, _learningRates, ref problem),
            SessionId = Read(root, "sessionId", value => value.TryGetGuid(out var id) ? id : (Guid?)null, "a UUID", ref problem),
            Error = Read(root, "error", value => value.GetString(), "a text", ref problem),
        };
    }

    public string ToJson() => JsonSerializer.Serialize(this, _options);

    private static double? Rate(JsonElement root, string name, double least, string allowed, ref string? problem)
    {
        if (!TryGet(root, name, out var value))
        {
            return null;
        }

        if (AgentTypeMetadata.Number(value) is { } rate && rate >= least && rate <= 1)
        {
            return rate;
        }

        problem ??= Problem(name, value, allowed);
        return null;
    }

    private static T? Read<T>(JsonElement root, string name, Func<JsonElement, T?> read, string allowed, ref string? problem)
    {
        if (!TryGet(root, name, out var value))
        {
            return default;
        }

        if (value.ValueKind == JsonValueKind.String && read(value) is { } found)
        {
            return found;
        }

        problem ??= Problem(name, value, allowed);
        return default;
    }

    private static bool TryGet(JsonElement root, string name, out JsonElement value) =>
        root.TryGetProperty(name, out value) && value.ValueKind != JsonValueKind.Null;

    private static string Problem(string name, JsonElement value, string allowed) =>
        $"{name} is {InvalidInputException.Shorten(value.GetRawText())}. Allowed: {allowed}.";
}
