using QLearning.Abstractions;

namespace QLearning.Mcp.Tools;

/// <summary>States, actions and ids as language models write them: one text each.</summary>
internal static class TextValue
{
    public const string StateHelp =
        "A short name (1 to 64 characters), or the text of a JSON object of its features. The same situation must get the same text.";

    public const string ActionHelp = "a name (1 to 64 characters), or the text of a JSON object";

    public const string DescriptionHelp = "JSON of what the action is, where 'action' is only its name; null: there is no more to it.";

    /// <exception cref="InvalidInputException">It is neither a key nor JSON within the limits.</exception>
    public static State StateOf(string text) => IsJson(text) ? State.FromJson(text) : State.FromKey(text);

    /// <exception cref="InvalidInputException">It is neither a key nor JSON within the limits.</exception>
    public static AgentAction ActionOf(string text) => IsJson(text) ? AgentAction.FromJson(text) : AgentAction.Named(text);

    /// <summary>The text that names the same action when it is sent back.</summary>
    public static string Of(AgentAction action) => action.Json is { } json && IsJson(json) && action.IsNamedByJson()
        ? json
        : action.Key.ToString();

    /// <summary>What the action's text does not say of it; null: nothing.</summary>
    public static string? DescriptionOf(AgentAction action) => action.IsDescribed() && Of(action) != action.Json ? action.Json : null;

    /// <exception cref="InvalidInputException">It is no UUID.</exception>
    public static Guid IdOf(string what, string text, string allowed) =>
        Guid.TryParse(text, out var id) && id != Guid.Empty ? id : throw InvalidInputException.For(what, text, "it is no UUID", allowed);

    private static bool IsJson(string text) => text.AsSpan().TrimStart() is ['{' or '[', ..];
}
