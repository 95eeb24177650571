using System.Runtime.InteropServices;

namespace QLearning.Learning.Patterns;

/// <summary>
/// Finds texts by similarity without comparing each: only those that share a trigram are looked at. Belongs to one thread at a time.
/// </summary>
public sealed class TrigramIndex
{
    private readonly Dictionary<ulong, List<int>> _places = [];
    private readonly List<int> _counts = [];

    /// <summary>How many texts it holds.</summary>
    public int Count => _counts.Count;

    /// <summary>Adds a text.</summary>
    /// <param name="text">The text.</param>
    /// <returns>Its number: 0 for the first, and so on.</returns>
    public int Add(string text)
    {
        var trigrams = Trigrams.Of(text);
        var number = _counts.Count;
        _counts.Add(trigrams.Count);
        foreach (var trigram in trigrams.All)
        {
            ref var places = ref CollectionsMarshal.GetValueRefOrAddDefault(_places, trigram, out _);
            (places ??= []).Add(number);
        }

        return number;
    }

    /// <summary>The texts that are at least so similar, in no order.</summary>
    /// <param name="text">The text to compare with.</param>
    /// <param name="minSimilarity">Above 0 up to 1.</param>
    public IEnumerable<(int Number, double Similarity)> Find(string text, double minSimilarity)
    {
        var wanted = Trigrams.Of(text);
        var shared = new int[_counts.Count];
        var touched = new List<int>();
        foreach (var trigram in wanted.All)
        {
            foreach (var number in CollectionsMarshal.AsSpan(_places.GetValueOrDefault(trigram)))
            {
                if (shared[number]++ == 0)
                {
                    touched.Add(number);
                }
            }
        }

        // PostgreSQL compares in single precision.
        return touched
            .Select(number => (number, Trigrams.Similarity(shared[number], wanted.Count, _counts[number])))
            .Where(found => (float)found.Item2 >= (float)minSimilarity);
    }
}
