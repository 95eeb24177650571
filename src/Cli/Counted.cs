using System.Globalization;

namespace QLearning.Cli;

/// <summary>Numbers with what they count.</summary>
internal static class Counted
{
    // From here on only the first digits are shown, so that tables keep to a terminal's width.
    private const long Shortened = 10_000_000;
    private const double Million = 1e6;

    /// <summary>Such as <c>1 silo</c> and <c>2,000 silos</c>.</summary>
    public static string Of(long count, string noun) =>
        string.Create(CultureInfo.InvariantCulture, $"{count:N0} {noun}{(count == 1 ? "" : "s")}");

    /// <summary>A number in at most nine characters, such as <c>9,999,999</c> and <c>12.3 M</c>.</summary>
    public static string Short(long count) => count < Shortened
        ? count.ToString("N0", CultureInfo.InvariantCulture)
        : (count / Million).ToString("N1", CultureInfo.InvariantCulture) + " M";
}
