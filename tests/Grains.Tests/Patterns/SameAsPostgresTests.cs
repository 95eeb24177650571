using System.Text.Json;
using CsCheck;
using Npgsql;
using NpgsqlTypes;
using QLearning.Learning.Patterns;

namespace QLearning.Grains.Tests.Patterns;

/// <summary>Similarity, containment and confidence in memory are those of PostgreSQL.</summary>
[Collection(SharedSilo.Name)]
public sealed class SameAsPostgresTests(SiloFixture silo)
{
    private const int Samples = 400;

    private static readonly Gen<string> _text = Gen.OneOf(
        Gen.Char["abcABC123 _-.,/"].Array[0, 14].Select(characters => new string(characters)),
        OneOf("retry flaky tests", "Retry_Flaky_Test", "boundary values", "null checks", "x"));

    // Cyrillic, Greek, Chinese (some beyond 16 bits), Devanagari and Thai with their vowel signs, Hebrew with points, an accent apart.
    private static readonly Gen<string> _anyScript = Gen.OneOf(
        Gen.Char["ошибкаЖ πσςΣ 测试用例 कीनि้ก ิשָׁ éßİ ⅷⓐ½-"].Array[0, 14].Select(characters => new string(characters)),
        OneOf("ошибка сети", "Ошибки сетей", "测试用例", "测试", "परीक्षण", "ทดสอบ", "𠀀𠀁 test", "𠀀𠀂 test", "cafe\u0301", "café", "İstanbul"));

    private static readonly Gen<string> _scalar = OneOf("1", "1.0", "2", "\"a\"", "\"b\"", "true", "false", "null", "1e2", "100");

    private static readonly Gen<string> _json = Gen.Recursive<string>((depth, nested) => depth > 2 ? _scalar : Gen.OneOf(
        _scalar,
        nested.Array[0, 3].Select(items => $"[{string.Join(',', items)}]"),
        Gen.Select(OneOf("a", "b", "c").Array[0, 3], nested.Array[3])
            .Select((names, values) => $"{{{string.Join(',', names.Distinct().Select((name, i) => $"\"{name}\":{values[i]}"))}}}")));

    private static Gen<string> OneOf(params string[] choices) => Gen.Int[0, choices.Length - 1].Select(i => choices[i]);

    [Fact]
    public Task The_similarity_of_names_is_that_of_pg_trgm() => AssertSameSimilarityAsync(_text);

    // Under another ctype PostgreSQL takes other characters for letters, see docs/sql.md.
    [Fact]
    public async Task The_similarity_of_names_in_any_script_is_that_of_pg_trgm_under_the_ctype_of_the_embedded_server()
    {
        if (await silo.Database.QueryAsync<string>("select current_setting('lc_ctype')") == "C.UTF-8")
        {
            // Always the same pairs: pg_trgm knows trigrams beyond ASCII by a hash of 3 bytes, and takes the few that share one for equal.
            await AssertSameSimilarityAsync(_anyScript, "0N0XIzNsQ0O2");
        }
    }

    private async Task AssertSameSimilarityAsync(Gen<string> texts, string? seed = null)
    {
        var some = Gen.Select(texts, texts).Array[Samples];
        var pairs = seed is null ? some.Single() : some.Single(_ => true, seed);
        var expected = await AskAsync<float>(
            "select similarity(a, b) from unnest($1::text[], $2::text[]) with ordinality as t (a, b, i) order by i", pairs);
        Assert.All(pairs.Zip(expected), pair => Assert.Equal(
            pair.Second, (float)Trigrams.Of(pair.First.Item1).SimilarityTo(Trigrams.Of(pair.First.Item2)), 1e-6f));
    }

    [Fact]
    public async Task Containment_is_that_of_jsonb()
    {
        var pairs = Enumerable.Range(0, Samples * 5).Select(_ => (_json.Single(), _json.Single())).ToArray();
        var expected = await AskAsync<bool>(
            "select a::jsonb @> b::jsonb from unnest($1::text[], $2::text[]) with ordinality as t (a, b, i) order by i", pairs);
        Assert.Contains(true, expected);
        Assert.All(pairs.Zip(expected), pair =>
        {
            using var whole = JsonDocument.Parse(pair.First.Item1);
            using var part = JsonDocument.Parse(pair.First.Item2);
            Assert.True(JsonContainment.Contains(whole.RootElement, part.RootElement) == pair.Second, $"{pair.First}");
        });
    }

    [Fact]
    public async Task Confidence_in_SQL_is_the_Wilson_bound()
    {
        var type = await silo.AddAgentTypeAsync();
        var library = silo.Grains.GetGrain<IPatternLibraryGrain>(type.Name);
        var pattern = await library.Store(new NewPattern { Name = "p", Type = "t", DataJson = "1" });
        for (var uses = 1; uses <= 30; uses++)
        {
            pattern = (await library.RecordUses([new PatternUse { PatternId = pattern.Id, Success = uses % 3 != 0, Reward = uses }]))[0];
            Assert.Equal(WilsonScore.LowerBound(pattern.SuccessCount, uses), pattern.Confidence, 1e-4);
            Assert.Equal((uses + 1) / 2.0, pattern.AverageReward, 1e-2);
        }
    }

    private async Task<T[]> AskAsync<T>(string sql, (string, string)[] pairs)
    {
        await using var command = silo.Database.DataSource.CreateCommand(sql);
        command.Parameters.Add(new NpgsqlParameter
        {
            Value = pairs.Select(pair => pair.Item1).ToArray(),
            NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text,
        });
        command.Parameters.Add(new NpgsqlParameter
        {
            Value = pairs.Select(pair => pair.Item2).ToArray(),
            NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text,
        });
        await using var reader = await command.ExecuteReaderAsync();
        var answers = new List<T>();
        while (await reader.ReadAsync())
        {
            answers.Add(reader.GetFieldValue<T>(0));
        }

        return [.. answers];
    }
}
