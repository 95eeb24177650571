using QLearning.Learning.Patterns;

namespace QLearning.Learning.Tests.Patterns;

/// <summary>Similarity is what PostgreSQL's documentation says, and the index finds what a comparison with each text finds.</summary>
public class TrigramTests
{
    private static readonly string[] _words = ["retry", "flaky", "test", "tests", "boundary", "value", "mutation", "null", "x"];

    private static readonly Gen<string> _names = Gen.Int[0, 8].Select(i => _words[i]).Array[0, 4]
        .Select(words => string.Join(words.Length % 2 == 0 ? "_" : " ", words));

    // The example in the documentation of pg_trgm: select similarity('word', 'two words').
    [Fact]
    public void Similarity_is_the_share_of_common_trigrams()
    {
        Assert.Equal(5, Trigrams.Of("word").Count);
        Assert.Equal(4.0 / 11, Trigrams.Of("word").SimilarityTo(Trigrams.Of("two words")), 12);
        Assert.Equal(1, Trigrams.Of("Retry-Flaky").SimilarityTo(Trigrams.Of("flaky retry")));
        Assert.Equal(0, Trigrams.Of("--").SimilarityTo(Trigrams.Of("--")));
    }

    [Fact]
    public void The_index_finds_what_a_comparison_with_each_finds() =>
        Gen.Select(_names.Array[0, 20], _names, Gen.Double[0.05, 1]).Sample((texts, wanted, least) =>
        {
            var index = new TrigramIndex();
            Array.ForEach(texts, text => index.Add(text));
            var expected = texts.Select((text, number) => (number, Trigrams.Of(text).SimilarityTo(Trigrams.Of(wanted))))
                .Where(found => (float)found.Item2 >= (float)least);
            Assert.Equal(expected, index.Find(wanted, least).OrderBy(found => found.Number));
        });

    [Fact]
    public void An_empty_index_finds_nothing() => Assert.Empty(new TrigramIndex().Find("anything", 0.1));
}
