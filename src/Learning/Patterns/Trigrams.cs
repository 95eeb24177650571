using System.Text;

namespace QLearning.Learning.Patterns;

/// <summary>
/// The trigrams of a text as PostgreSQL's <c>pg_trgm</c> makes them: of each word in lower case, with two spaces before and one after it. A
/// word is a run of letters and digits of any alphabet, as under the ctype C.UTF-8 (under C PostgreSQL takes only ASCII for letters); each
/// trigram counts once.
/// </summary>
public sealed class Trigrams
{
    private const int BitsPerCharacter = 21;

    private static readonly Rune _space = new(' ');

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
        var word = new List<Rune>();
        foreach (var rune in text.EnumerateRunes())
        {
            if (WordCharacters.Contains(rune))
            {
                word.Add(WordCharacters.ToLower(rune));
            }
            else
            {
                trigrams.AddWord(word);
                word.Clear();
            }
        }

        trigrams.AddWord(word);
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

    private void AddWord(List<Rune> word)
    {
        if (word.Count == 0)
        {
            return;
        }

        var (first, second) = (_space, _space);
        foreach (var rune in word)
        {
            Add(first, second, rune);
            (first, second) = (second, rune);
        }

        Add(first, second, _space);
    }

    private void Add(Rune first, Rune second, Rune third) =>
        _set.Add(((ulong)first.Value << (2 * BitsPerCharacter)) | ((ulong)second.Value << BitsPerCharacter) | (uint)third.Value);
}
