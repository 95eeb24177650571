using System.Text.Json;
using System.Text.Json.Serialization;
using QLearning.Abstractions;

namespace QLearning.Cli.Hook;

/// <summary>One JSON document from standard input, and one to standard output.</summary>
internal static class HookInput
{
    private const int MaxBytes = 4 * QLimits.MaxJsonBytes;

    private static readonly JsonSerializerOptions _json = new(JsonSerializerDefaults.Web)
    {
        AllowDuplicateProperties = false,
        NumberHandling = JsonNumberHandling.Strict,
        RespectNullableAnnotations = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    /// <exception cref="InvalidInputException">It is too long, no JSON, or lacks or has other members than it may.</exception>
    public static async Task<T> ReadAsync<T>(Stream input, CancellationToken cancellationToken)
    {
        var buffer = new byte[MaxBytes + 1];
        var length = await input.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        if (length > MaxBytes)
        {
            throw new InvalidInputException($"Standard input is too long. Allowed: at most {MaxBytes} bytes.");
        }

        try
        {
            return JsonSerializer.Deserialize<T>(buffer.AsSpan(0, length), _json)
                ?? throw new InvalidInputException("Standard input is null. Allowed: a JSON object, see 'qlearn hook --help'.");
        }
        catch (JsonException error)
        {
            var members = typeof(T).GetProperties().Select(property => JsonNamingPolicy.CamelCase.ConvertName(property.Name));
            throw new InvalidInputException(
                $"Standard input cannot be read: {error.Message} Allowed: a JSON object with {string.Join(", ", members)}.", error);
        }
    }

    public static void Write<T>(Output output, T document) => output.WriteLine(JsonSerializer.Serialize(document, _json));

    public static State StateOf(JsonElement value) =>
        value.ValueKind == JsonValueKind.String ? State.FromKey(value.GetString()!) : State.FromJson(value.GetRawText());

    public static AgentAction ActionOf(JsonElement value) =>
        value.ValueKind == JsonValueKind.String ? AgentAction.Named(value.GetString()!) : AgentAction.FromJson(value.GetRawText());

    public static AgentAction ActionOf(JsonElement value, JsonElement? description) =>
        ActionOf(value) is var action && description is { } own ? action with { Json = own.GetRawText() } : action;

    /// <summary>What names the same action when it is read again.</summary>
    public static JsonElement Of(AgentAction action) => JsonSerializer.SerializeToElement(action.Key.ToString()) is var key
        && action.IsNamedByJson() && Parse(action.Json!) is { ValueKind: not JsonValueKind.String } described ? described : key;

    /// <summary>What that does not say of it; null: nothing.</summary>
    public static JsonElement? DescriptionOf(AgentAction action) =>
        action.IsDescribed() && Of(action).ValueKind == JsonValueKind.String ? Parse(action.Json!) : null;

    private static JsonElement Parse(string json) => JsonElement.Parse(json);
}
