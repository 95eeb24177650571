using System.Globalization;

namespace QLearning.Cli;

/// <summary>Draws lines of numbers as lines of text, one column for one number.</summary>
internal static class Chart
{
    private const int Height = 12;
    private const char Several = '*';

    /// <summary>The rows of the plot and its axis; where lines meet stands <c>*</c>.</summary>
    /// <param name="lines">Each line's mark and its numbers; all have equally many.</param>
    /// <param name="bottom">The number at the lower edge.</param>
    /// <param name="top">The number at the upper edge.</param>
    /// <param name="format">How a number is written at the left edge.</param>
    public static IEnumerable<string> Draw(
        IReadOnlyList<(char Mark, double[] Values)> lines, double bottom, double top, Func<double, string> format)
    {
        var width = lines[0].Values.Length;
        for (var level = Height - 1; level >= 0; level--)
        {
            var marks = Enumerable.Range(0, width).Select(column => At(column, level));
            yield return $"{format(bottom + ((level + 0.5) / Height * (top - bottom)))} |{string.Concat(marks)}";
        }

        yield return new string(' ', format(bottom).Length + 1) + "+" + new string('-', width);

        char At(int column, int level)
        {
            char[] here = [.. lines.Where(line => LevelOf(line.Values[column]) == level).Select(line => line.Mark)];
            return here switch
            {
                [] => ' ',
                [var mark] => mark,
                _ => Several,
            };
        }

        int LevelOf(double value) => Math.Clamp((int)((value - bottom) / (top - bottom) * Height), 0, Height - 1);
    }

    /// <summary>A number with two digits behind the point, in four characters.</summary>
    public static string Plain(double value) => string.Create(CultureInfo.InvariantCulture, $"{value,4:0.00}");

    /// <summary>A share of 1 in percent, in four characters.</summary>
    public static string Percent(double value) => string.Create(CultureInfo.InvariantCulture, $"{value * 100,3:0}%");
}
