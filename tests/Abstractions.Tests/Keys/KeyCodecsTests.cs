using Orleans.Serialization;

namespace QLearning.Abstractions.Tests.Keys;

/// <summary>Pins the bytes that stand for keys between processes of different versions.</summary>
public class KeyCodecsTests
{
    private const string HashHex = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

    [Fact]
    public void Keys_come_back_as_they_were() =>
        KeyGen.Any.Sample(text =>
        {
            Assert.Equal(StateKey.Parse(text), Serialization.RoundTrip(StateKey.Parse(text)));
            Assert.Equal(ActionKey.Parse(text), Serialization.RoundTrip(ActionKey.Parse(text)));
            Assert.Equal(text, Serialization.RoundTrip(StateKey.Parse(text)).ToString());
            Assert.Equal(StateKey.Parse(text), Serialization.Copy(StateKey.Parse(text)));
            Assert.Equal(ActionKey.Parse(text), Serialization.Copy(ActionKey.Parse(text)));
        });

    [Fact]
    public void Keys_in_arrays_and_boxes_come_back_as_they_were() =>
        KeyGen.Any.Array[0, 5].Sample(texts =>
        {
            StateKey[] states = [.. texts.Select(StateKey.Parse), default];
            Assert.Equal(states, Serialization.RoundTrip(states));
            Assert.Equal(states.Select(key => (StateKey?)key), Serialization.RoundTrip<StateKey?[]>([.. states]));
            Assert.Equal(states[0], Serialization.RoundTrip<object>(states[0]));
            object[] mixed = [states[0], ActionKey.Parse("a"), states[0], "text"];
            Assert.Equal(mixed, Serialization.RoundTrip(mixed));
        });

    [Fact]
    public void The_default_comes_back_as_the_default()
    {
        Assert.True(Serialization.RoundTrip(default(StateKey)).IsEmpty);
        Assert.True(Serialization.RoundTrip(default(ActionKey)).IsEmpty);
    }

    // Silos of two versions talk to each other in a rolling upgrade, so these bytes must stay. 40 is Orleans' header of a length-prefixed
    // field of the expected type; then come the length (twice, plus 1), the kind, and the hash or the text.
    [Theory]
    [InlineData("", "400300")]
    [InlineData(HashHex, "404301" + HashHex)]
    [InlineData("a1b2c3d4", "401302" + "6131623263336434")]
    [InlineData("é😀", "400f02" + "c3a9f09f9880")]
    [InlineData(
        "0000000000000000000000000000000000000000000000000000000000000000",
        "408302" + "3030303030303030303030303030303030303030303030303030303030303030"
        + "3030303030303030303030303030303030303030303030303030303030303030")]
    public void The_bytes_of_a_key_stay_as_they_are(string text, string bytes)
    {
        var (state, action) = text.Length == 0 ? default : (StateKey.Parse(text), ActionKey.Parse(text));
        Assert.Equal(bytes, Convert.ToHexStringLower(Serialization.Serializer.SerializeToArray(state)));
        Assert.Equal(bytes, Convert.ToHexStringLower(Serialization.Serializer.SerializeToArray(action)));
        Assert.Equal(state, Serialization.Serializer.Deserialize<StateKey>(Convert.FromHexString(bytes)));
        Assert.Equal(action, Serialization.Serializer.Deserialize<ActionKey>(Convert.FromHexString(bytes)));
    }

    [Theory]
    [InlineData("4001", "no kind")]
    [InlineData("400303", "a kind that is not known")]
    [InlineData("40050000", "more than none")]
    [InlineData("40050111", "too few hash bytes")]
    [InlineData("404501" + HashHex + "00", "too many hash bytes")]
    [InlineData("400302", "an empty text")]
    [InlineData("40070261" + "00", "a NUL")]
    [InlineData("400702" + "c328", "bytes that are not UTF-8")]
    [InlineData("400902" + "eda080", "half of a surrogate pair")]
    [InlineData("408502" + HashHex + HashHex + "00", "NULs and bytes that are not UTF-8")]
    [InlineData("400a04" + "02", "a length beyond the longest key")]
    public void Malformed_bytes_are_refused(string bytes, string because)
    {
        var wire = Convert.FromHexString(bytes);
        var state = Assert.Throws<InvalidInputException>(() => Serialization.Serializer.Deserialize<StateKey>(wire));
        Assert.Throws<InvalidInputException>(() => Serialization.Serializer.Deserialize<ActionKey>(wire));
        Assert.True(state.Message.Contains("its wire form", StringComparison.Ordinal), because);
    }

    [Fact]
    public void A_text_of_65_characters_is_refused_and_one_of_64_is_not()
    {
        Assert.Equal(64, Serialization.Serializer.Deserialize<StateKey>(Wire(64)).ToString().Length);
        Assert.Throws<InvalidInputException>(() => Serialization.Serializer.Deserialize<StateKey>(Wire(65)));

        static byte[] Wire(int characters) => [0x40, (byte)(((characters + 1) * 2) + 1), 2, .. Enumerable.Repeat((byte)'n', characters)];
    }

    [Fact]
    public void A_message_that_was_cut_short_is_refused() =>
        KeyGen.Any.Sample(text =>
        {
            var whole = Serialization.Serializer.SerializeToArray(StateKey.Parse(text));
            Assert.ThrowsAny<Exception>(() => Serialization.Serializer.Deserialize<StateKey>(whole[..^1]));
        });

    [Fact]
    public void Another_kind_of_field_is_refused() =>
        Assert.Throws<UnsupportedWireTypeException>(() => Serialization.Serializer.Deserialize<StateKey>(
            Serialization.Serializer.SerializeToArray(7)));
}
