namespace QLearning.Abstractions.Tests.Keys;

/// <summary>Which partition of a Q-table a state belongs to follows from its key alone, in every process the same.</summary>
public class TablePartitionTests
{
    private static readonly Gen<StateKey> _keys = Gen.OneOf(
        Gen.Char["abcxyz-_.019éß字"].Array[1, 64].Select(c => StateKey.Parse(new string(c))),
        Gen.Int.Select(i => StateKey.FromJson($"{i}")));

    [Theory]
    // The first 8 hex digits of the key itself.
    [InlineData("00000007aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 5, 2)]
    [InlineData("ffffffffaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 64, 63)]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000", 7, 0)]
    // MD5 of "abc" is 900150983cd24fb0d6963f7d28e17f72 (RFC 1321, A.5): 0x90015098 = 2416005272.
    [InlineData("abc", 64, 24)]
    [InlineData("abc", 7, 2)]
    [InlineData("abc", 1, 0)]
    public void The_part_of_a_state_is_fixed(string state, int count, int index) =>
        Assert.Equal(index, TablePartition.IndexOf(StateKey.Parse(state), count));

    [Fact]
    public void A_state_belongs_to_one_part() =>
        Gen.Select(_keys, Gen.Int[1, QLimits.MaxPartitions]).Sample((state, count) =>
            Assert.Single(Enumerable.Range(0, count), index => new TablePartition("t", index, count).Owns(state)));

    [Fact]
    public void States_are_spread_evenly()
    {
        var texts = Enumerable.Range(0, 8000).Select(i => $"s{i}");
        var hashes = Enumerable.Range(0, 8000).Select(i => StateKey.FromJson($"{i}").ToString());
        foreach (var keys in new[] { texts, hashes })
        {
            var sizes = keys.CountBy(key => TablePartition.IndexOf(StateKey.Parse(key), 8)).Select(partition => partition.Value).ToList();
            Assert.Equal(8, sizes.Count);
            // Six standard deviations of a fair draw.
            Assert.All(sizes, size => Assert.InRange(size, 1000 - 180, 1000 + 180));
        }
    }

    [Fact]
    public void A_part_knows_its_grain() => Assert.Equal("quality-gate#3", new TablePartition("quality-gate", 3, 4).Owner.ToString());
}
