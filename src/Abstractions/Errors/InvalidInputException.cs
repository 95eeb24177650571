namespace QLearning.Abstractions;

/// <summary>
/// The caller sent something that is not allowed. Nothing was changed, but for the last step of an episode, see <see cref="IsLearned"/>.
/// </summary>
/// <param name="message">What was wrong, which value, what is allowed.</param>
/// <param name="innerException">The cause.</param>
[GenerateSerializer]
[Alias("QLearning.InvalidInput")]
public class InvalidInputException(string message, Exception? innerException = null) : QLearningException(message, innerException)
{
    /// <summary>
    /// True when the last step of an episode was learned and counts, and its trajectory will never be taken, such as when its session was
    /// deleted. The episode is dropped; its step is not to be reported again.
    /// </summary>
    [Id(0)]
    public bool IsLearned { get; init; }

    /// <summary>Says which input was refused and why.</summary>
    /// <param name="what">The name of the input, such as <c>reward</c>.</param>
    /// <param name="value">The value that was sent; long values are cut.</param>
    /// <param name="problem">What is wrong with it.</param>
    /// <param name="allowed">What is allowed.</param>
    public static InvalidInputException For(string what, object? value, string problem, string allowed)
    {
        var text = value is null ? "null" : Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture) ?? string.Empty;
        return new InvalidInputException($"The {what} '{Shorten(text)}' is not allowed: {problem}. Allowed: {allowed}.");
    }

    /// <summary>A value as a message shows it: cut to 80 characters, never inside a surrogate pair.</summary>
    internal static string Shorten(string text)
    {
        var cut = char.IsHighSurrogate(text.ElementAtOrDefault(76)) ? 76 : 77;
        return text.Length <= 80 ? text : string.Concat(text.AsSpan(0, cut), "...");
    }
}
