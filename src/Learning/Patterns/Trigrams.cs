namespace QLearning.Learning.Patterns;

/// <summary>
/// The trigrams of a text as PostgreSQL's <c>pg_trgm</c> makes them: of each word in lower case, with two spaces before and one after it. A
/// word is a run of letters and digits of any alphabet (as under a UTF-8 locale; under the locale C PostgreSQL takes only ASCII for
/// letters); each trigram counts once.
/// </summary>
public sealed class Trigrams
{
    private const int BitsPerCharacter = 16;

    private readonly HashSet<ulong> _set = [];

    private Trigrams()
    {
    }

    /// <summary>How many there are.</summary>
    public int Count => _set.Count;

    internal IEnumerable<ulong> All => _set;

    /// <summary>The trigrams of a text.</summary>
    /// <param name="text">Any text.</param>
    public static Trigrams Of(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var trigrams = new Trigrams();
        for (var start = 0; start < text.Length; start++)
        {
            if (char.IsLetterOrDigit(text[start]))
            {
                var end = start;
                while (end < text.Length && char.IsLetterOrDigit(text[end]))
                {
                    end++;
                }

                trigrams.AddWord(text.AsSpan(start, end - start));
                start = end;
            }
        }

        return trigrams;
    }

    /// <summary>How similar two texts are, 0 to 1: the trigrams they share among all that either has.</summary>
    /// <param name="other">The other text's.</param>
    public double SimilarityTo(Trigrams other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Similarity(_set.Count(other._set.Contains), Count, other.Count);
    }

    internal static double Similarity(int shared, int count, int otherCount) =>
        count + otherCount == 0 ? 0 : (double)shared / (count + otherCount - shared);

    private void AddWord(ReadOnlySpan<char> word)
    {
        var (first, second) = (' ', ' ');
        foreach (var character in word)
        {
            var lower = char.ToLowerInvariant(character);
            Add(first, second, lower);
            (first, second) = (second, lower);
        }

        Add(first, second, ' ');
    }

    private void Add(char first, char second, char third) =>
        _set.Add(((ulong)first << (2 * BitsPerCharacter)) | ((ulong)second << BitsPerCharacter) | third);
}
