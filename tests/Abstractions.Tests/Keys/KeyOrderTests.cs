using System.Text;

namespace QLearning.Abstractions.Tests.Keys;

/// <summary>Pins that keys compare as their texts do, however they are held in memory.</summary>
public class KeyOrderTests
{
    // Few distinct texts, so that equal ones meet.
    private static readonly Gen<(string One, string Other)> _pairs = Gen.OneOf(
        Gen.Select(KeyGen.Any, KeyGen.Any),
        Gen.Select(KeyGen.Hash, KeyGen.Hash),
        KeyGen.Any.Select(text => (text, new string(text))),
        Gen.Select(KeyGen.Short, KeyGen.Short),
        Gen.Select(KeyGen.Hash, Gen.Int[0, 63], Gen.Char["09af"])
            .Select((hash, at, digit) => (hash, hash[..at] + digit + hash[(at + 1)..])));

    [Fact]
    public void The_order_of_state_keys_is_that_of_the_UTF8_of_their_texts() =>
        _pairs.Sample((one, other) =>
        {
            var (left, right) = (StateKey.Parse(one), StateKey.Parse(other));
            var order = Utf8Order(one, other);
            Assert.Equal(order, Math.Sign(left.CompareTo(right)));
            Assert.Equal(
                (order < 0, order <= 0, order > 0, order >= 0, order == 0, order != 0),
                (left < right, left <= right, left > right, left >= right, left == right, left != right));
        });

    [Fact]
    public void The_order_of_action_keys_is_that_of_the_UTF8_of_their_texts() =>
        _pairs.Sample((one, other) =>
        {
            var (left, right) = (ActionKey.Parse(one), ActionKey.Parse(other));
            var order = Utf8Order(one, other);
            Assert.Equal(order, Math.Sign(left.CompareTo(right)));
            Assert.Equal(
                (order < 0, order <= 0, order > 0, order >= 0, order == 0, order != 0),
                (left < right, left <= right, left > right, left >= right, left == right, left != right));
        });

    [Fact]
    public void Keys_are_equal_when_their_texts_are_and_then_their_hash_codes_are_too() =>
        _pairs.Sample((one, other) =>
        {
            var (state, otherState) = (StateKey.Parse(one), StateKey.Parse(other));
            var (action, otherAction) = (ActionKey.Parse(one), ActionKey.Parse(other));
            Assert.Equal(one == other, state.Equals(otherState));
            Assert.Equal(one == other, state.Equals((object)otherState));
            Assert.Equal(one == other, action.Equals(otherAction));
            Assert.Equal(one == other, action.Equals((object)otherAction));
            if (one == other)
            {
                Assert.Equal(state.GetHashCode(), otherState.GetHashCode());
                Assert.Equal(action.GetHashCode(), otherAction.GetHashCode());
            }
        });

    [Fact]
    public void A_state_key_is_no_action_key() => Assert.False(StateKey.Parse("a").Equals((object)ActionKey.Parse("a")));

    [Fact]
    public void Hash_codes_are_spread()
    {
        var hashes = Enumerable.Range(0, 10_000).Select(number => StateKey.FromJson($"{number}").GetHashCode());
        var names = Enumerable.Range(0, 10_000).Select(number => StateKey.Parse($"state {number}").GetHashCode());
        Assert.InRange(hashes.Distinct().Count(), 9_990, 10_000);
        Assert.InRange(names.Distinct().Count(), 9_990, 10_000);
    }

    [Fact]
    public void Sorting_keys_sorts_their_texts() =>
        KeyGen.Any.Array[0, 30].Sample(texts => Assert.Equal(
            texts.Order(Comparer<string>.Create(Utf8Order)),
            texts.Select(StateKey.Parse).Order().Select(key => key.ToString())));

    // As PostgreSQL's collation "C" compares.
    private static int Utf8Order(string one, string other) =>
        Math.Sign(Encoding.UTF8.GetBytes(one).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(other)));
}
