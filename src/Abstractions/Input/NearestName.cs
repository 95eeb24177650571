namespace QLearning.Abstractions.Input;

/// <summary>Finds the name that somebody probably meant.</summary>
internal static class NearestName
{
    private const int MaxEdits = 2;
    private const int MinLength = 4;

    /// <summary>The known name that is at most two edits away, letter case apart; null when none is, or the name is known.</summary>
    /// <param name="name">The name that was given.</param>
    /// <param name="known">The names there are.</param>
    public static string? Of(string name, IEnumerable<string> known) => name.Length < MinLength
        ? null
        : known.Select(candidate => (Name: candidate, Edits: Edits(name.ToUpperInvariant(), candidate.ToUpperInvariant())))
            .Where(candidate => candidate.Edits <= MaxEdits && candidate.Name != name)
            .OrderBy(candidate => candidate.Edits)
            .ThenBy(candidate => candidate.Name, StringComparer.Ordinal)
            .Select(candidate => candidate.Name)
            .FirstOrDefault();

    // Levenshtein's distance (V. I. Levenshtein, 1966, Soviet Physics Doklady 10), row by row.
    private static int Edits(string from, string to)
    {
        if (Math.Abs(from.Length - to.Length) > MaxEdits)
        {
            return MaxEdits + 1;
        }

        var row = Enumerable.Range(0, to.Length + 1).ToArray();
        for (var i = 1; i <= from.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= to.Length; j++)
            {
                var edits = Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (from[i - 1] == to[j - 1] ? 0 : 1));
                (diagonal, row[j]) = (row[j], edits);
            }
        }

        return row[to.Length];
    }
}
