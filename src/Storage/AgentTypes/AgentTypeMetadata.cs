using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using QLearning.Abstractions;
using QLearning.Abstractions.Input;
using QLearning.Abstractions.Json;

namespace QLearning.Storage.AgentTypes;

/// <summary>What was read from <c>agent_types.metadata</c>.</summary>
/// <param name="Settings">The settings, each that cannot be used at its default.</param>
/// <param name="Error">Which value cannot be used and what is allowed; null: all can.</param>
/// <param name="Warning">Which name looks like a misspelt setting; null: none does.</param>
public readonly record struct StoredSettings(AgentTypeSettings Settings, string? Error, string? Warning);

/// <summary>
/// Reads <see cref="AgentTypeSettings"/> from <c>agent_types.metadata</c>: a JSON object with the camel-case names of its properties. A
/// number may be written as text, null is the default, other names belong to other programs. The SQL functions <c>q_value_ttl</c> and
/// <c>q_table_partitions</c> read by the same rules.
/// </summary>
public static partial class AgentTypeMetadata
{
    private static readonly JsonSerializerOptions _options = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    // Each answers null when the value cannot be read.
    private static readonly Dictionary<string, Func<AgentTypeSettings, JsonElement, AgentTypeSettings?>> _readers =
        new(StringComparer.Ordinal)
        {
            ["learningRule"] = (all, value) => Named<LearningRule>(value) is { } rule ? all with { LearningRule = rule } : null,
            ["explorationPolicy"] = (all, value) =>
                Named<ExplorationPolicy>(value) is { } policy ? all with { ExplorationPolicy = policy } : null,
            ["temperature"] = (all, value) => Number(value) is { } number ? all with { Temperature = number } : null,
            ["ucb1Constant"] = (all, value) => Number(value) is { } number ? all with { Ucb1Constant = number } : null,
            ["ttlDays"] = (all, value) => Whole(value) is { } number ? all with { TtlDays = number } : null,
            ["writeMode"] = (all, value) => Named<WriteMode>(value) is { } mode ? all with { WriteMode = mode } : null,
            ["hotLimit"] = (all, value) => Whole(value) is { } number ? all with { HotLimit = number } : null,
            ["partitions"] = (all, value) => Whole(value) is { } number ? all with { Partitions = number } : null,
        };

    /// <summary>Reads the settings.</summary>
    /// <param name="json">The column, or null.</param>
    public static StoredSettings Read(string? json)
    {
        var settings = new AgentTypeSettings();
        if (string.IsNullOrWhiteSpace(json))
        {
            return new(settings, null, null);
        }

        using var document = JsonText.ParseStored(json);
        if (document.RootElement.ValueKind != JsonValueKind.Object)
        {
            var error = document.RootElement.ValueKind == JsonValueKind.Null
                ? null
                : Problem("metadata", document.RootElement, "an object");
            return new(settings, error, null);
        }

        string? problem = null;
        foreach (var property in document.RootElement.EnumerateObject().Where(property => property.Value.ValueKind != JsonValueKind.Null))
        {
            if (!_readers.TryGetValue(property.Name, out var read))
            {
                continue;
            }

            if (read(settings, property.Value) is { } changed && AgentTypeCheck.Problem(changed) is null)
            {
                settings = changed;
            }
            else
            {
                problem ??= Problem(property.Name, property.Value, AgentTypeCheck.AllowedSettings);
            }
        }

        return new(settings, problem, Misspelt(document.RootElement, _readers.Keys));
    }

    /// <summary>Says which names look like misspelt settings; null: none does.</summary>
    /// <param name="metadata">A JSON object.</param>
    /// <param name="settings">The names of the settings.</param>
    internal static string? Misspelt(JsonElement metadata, IReadOnlyCollection<string> settings)
    {
        string[] hints =
        [
            .. from property in metadata.EnumerateObject()
               where property.Value.ValueKind != JsonValueKind.Null && !settings.Contains(property.Name)
               let near = NearestName.Of(property.Name, settings)
               where near is not null
               select $"metadata has '{property.Name}', which is no setting; did you mean '{near}'?",
        ];
        return hints is [] ? null : string.Join(' ', hints);
    }

    /// <summary>A number, which may be written as text.</summary>
    internal static double? Number(JsonElement value) =>
        double.TryParse(Text(value), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>The settings as JSON; a hot limit that is null is left out.</summary>
    internal static string ToJson(AgentTypeSettings settings) => JsonSerializer.Serialize(settings, _options);

    private static string Problem(string name, JsonElement value, string allowed) =>
        $"{name} is {InvalidInputException.Shorten(value.GetRawText())}. Allowed: {allowed}.";

    private static T? Named<T>(JsonElement value)
        where T : struct, Enum
    {
        var text = value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        // Enum.TryParse takes numbers and lists too: of "greedy, softmax" it makes ucb1.
        return Enum.GetNames<T>().FirstOrDefault(name => string.Equals(name, text, StringComparison.OrdinalIgnoreCase)) is { } known
            ? Enum.Parse<T>(known)
            : null;
    }

    private static int? Whole(JsonElement value) => WholeNumber().Match(Text(value)) is { Success: true } match
        ? int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture)
        : null;

    private static string Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Number => value.GetRawText(),
        _ => string.Empty,
    };

    // The same expression as in db/functions.
    [GeneratedRegex("^([0-9]{1,9})(\\.0+)?\\z", RegexOptions.CultureInvariant)]
    private static partial Regex WholeNumber();
}
