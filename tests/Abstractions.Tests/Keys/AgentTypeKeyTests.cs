namespace QLearning.Abstractions.Tests.Keys;

/// <summary>Pins the primary key of the grain that owns a Q-table: one spelling for one grain, of one of its partitions.</summary>
public class AgentTypeKeyTests
{
    private static readonly Gen<string> _names = Gen.Char["abcxyz-_.019éß"].Array[1, QLimits.MaxAgentTypeCharacters]
        .Select(c => new string(c));

    [Theory]
    [InlineData("test-generator", "test-generator", 0)]
    [InlineData("test-generator#3", "test-generator", 3)]
    [InlineData("x#63", "x", 63)]
    public void A_grain_key_is_a_name_and_perhaps_a_partition(string grainKey, string agentType, int partition)
    {
        var key = AgentTypeKey.Parse(grainKey);
        Assert.Equal(new AgentTypeKey(agentType, partition), key);
        Assert.Equal(grainKey, key.ToString());
    }

    [Fact]
    public void Partition_0_is_the_bare_name()
    {
        Assert.Equal(new AgentTypeKey("quality-gate", 0), AgentTypeKey.For("quality-gate"));
        Assert.Equal("quality-gate", AgentTypeKey.For("quality-gate").ToString());
    }

    [Fact]
    public void What_was_written_is_read_back() =>
        Gen.Select(_names, Gen.Int[0, QLimits.MaxPartitions - 1]).Sample((name, partition) =>
        {
            var key = new AgentTypeKey(name, partition);
            Assert.Equal(key, AgentTypeKey.Parse(key.ToString()));
        });

    [Fact]
    public void A_grain_has_one_key_only() =>
        Gen.Select(_names, Gen.Char["0123456789#+- "].Array[0, 4]).Sample((name, tail) =>
        {
            var grainKey = $"{name}#{new string(tail)}";
            if (Record.Exception(() => AgentTypeKey.Parse(grainKey)) is null)
            {
                Assert.Equal(grainKey, AgentTypeKey.Parse(grainKey).ToString());
            }
        });

    [Theory]
    [InlineData("x#")]
    [InlineData("x#0")]
    [InlineData("x#03")]
    [InlineData("x#-1")]
    [InlineData("x#+1")]
    [InlineData("x# 1")]
    [InlineData("x#1.0")]
    [InlineData("x#64")]
    [InlineData("x#2147483648")]
    [InlineData("x#a")]
    public void A_malformed_partition_is_refused(string grainKey)
    {
        var error = Assert.Throws<InvalidInputException>(() => AgentTypeKey.Parse(grainKey));
        Assert.Equal(
            $"The agent type '{grainKey}' is not allowed: it has a malformed partition. "
            + "Allowed: a name, or a name, # and a number from 1 to 63.",
            error.Message);
    }

    [Theory]
    [InlineData(null, "it is empty")]
    [InlineData("", "it is empty")]
    [InlineData("a b", "it has a forbidden character")]
    [InlineData("a\tb", "it has a forbidden character")]
    [InlineData("a\u00a0b", "it has a forbidden character")]
    [InlineData("a\u0007", "it has a forbidden character")]
    [InlineData("a#b", "it has a forbidden character")]
    [InlineData("😀", "it has a forbidden character")]
    [InlineData("012345678901234567890123456789012345678901234567890", "it has 51 characters")]
    public void A_malformed_name_is_refused(string? name, string problem)
    {
        var error = Assert.Throws<InvalidInputException>(() => AgentTypeKey.For(name!));
        Assert.Equal(
            $"The agent type '{name ?? "null"}' is not allowed: {problem}. "
            + "Allowed: 1 to 50 characters without '#', white space or control characters.",
            error.Message);
    }

    [Fact]
    public void A_malformed_name_with_a_partition_is_refused_as_well()
    {
        Assert.Contains(
            "it is empty", Assert.Throws<InvalidInputException>(() => AgentTypeKey.Parse("#1")).Message, StringComparison.Ordinal);
        Assert.Contains(
            "forbidden", Assert.Throws<InvalidInputException>(() => AgentTypeKey.Parse("a#1#2")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_of_50_characters_is_allowed() =>
        Assert.Equal(new string('n', 50), AgentTypeKey.For(new string('n', 50)).AgentType);
}
