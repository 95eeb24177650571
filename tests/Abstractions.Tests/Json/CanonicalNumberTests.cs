using System.Globalization;
using System.Text.RegularExpressions;
using QLearning.Abstractions.Json;

namespace QLearning.Abstractions.Tests.Json;

/// <summary>Pins the layout of numbers: ECMAScript's <c>Number::toString</c>, which RFC 8785 takes over.</summary>
public partial class CanonicalNumberTests
{
    [Theory]
    [InlineData("0", "0")]
    [InlineData("-0", "0")]
    [InlineData("-0.0e5", "0")]
    [InlineData("8.0", "8")]
    [InlineData("80e-1", "8")]
    [InlineData("0.8E+1", "8")]
    [InlineData("-1.50", "-1.5")]
    [InlineData("100", "100")]
    [InlineData("1e2", "100")]
    [InlineData("123456789", "123456789")]
    [InlineData("333333333.33333329", "333333333.3333333")]
    [InlineData("0.1", "0.1")]
    [InlineData("0.30000000000000004", "0.30000000000000004")]
    [InlineData("4.50", "4.5")]
    [InlineData("2e-3", "0.002")]
    [InlineData("0.000001", "0.000001")]
    [InlineData("0.00000123", "0.00000123")]
    [InlineData("0.0000001", "1e-7")]
    [InlineData("0.000000123", "1.23e-7")]
    [InlineData("-0.0000001", "-1e-7")]
    [InlineData("0.000000000000000000000000001", "1e-27")]
    [InlineData("1e15", "1000000000000000")]
    [InlineData("1e20", "100000000000000000000")]
    [InlineData("123456789012345680000", "123456789012345680000")]
    [InlineData("1e21", "1e+21")]
    [InlineData("-1e21", "-1e+21")]
    [InlineData("1000000000000000000000", "1e+21")]
    [InlineData("1.5e21", "1.5e+21")]
    [InlineData("1E30", "1e+30")]
    [InlineData("9007199254740993", "9007199254740992")]
    [InlineData("5e-324", "5e-324")]
    [InlineData("4.9406564584124654e-324", "5e-324")]
    [InlineData("2.2250738585072014e-308", "2.2250738585072014e-308")]
    [InlineData("1.7976931348623157e308", "1.7976931348623157e+308")]
    [InlineData("-1.7976931348623157e308", "-1.7976931348623157e+308")]
    [InlineData("1e-400", "0")]
    public void Numbers_are_written_as_ECMAScript_writes_them(string json, string canonical) =>
        Assert.Equal(canonical, CanonicalJson.Canonicalize(json));

    [Theory]
    [InlineData(0x0000000000000001, "5e-324")]
    [InlineData(0x0010000000000000, "2.2250738585072014e-308")]
    [InlineData(0x3eb0c6f7a0b5ed8c, "9.999999999999997e-7")]
    [InlineData(0x3eb0c6f7a0b5ed8d, "0.000001")]
    [InlineData(0x41b3de4355555555, "333333333.3333333")]
    [InlineData(0x41b3de4355555557, "333333333.33333343")]
    [InlineData(0x4340000000000000, "9007199254740992")]
    [InlineData(0x444b1ae4d6e2ef4f, "999999999999999900000")]
    [InlineData(0x444b1ae4d6e2ef50, "1e+21")]
    [InlineData(0x44b52d02c7e14af5, "9.999999999999997e+22")]
    [InlineData(0x44b52d02c7e14af6, "1e+23")]
    [InlineData(0x44b52d02c7e14af7, "1.0000000000000001e+23")]
    [InlineData(0x7fefffffffffffff, "1.7976931348623157e+308")]
    public void The_neighbours_of_a_double_are_told_apart_by_the_fewest_digits(long bits, string canonical)
    {
        var number = BitConverter.Int64BitsToDouble(bits);
        Assert.Equal(canonical, CanonicalJson.Canonicalize(number.ToString("G17", CultureInfo.InvariantCulture)));
        Assert.Equal($"-{canonical}", CanonicalJson.Canonicalize((-number).ToString("G17", CultureInfo.InvariantCulture)));
    }

    [Fact]
    public void Every_double_reads_back_as_itself_whatever_way_it_was_spelt() =>
        JsonGen.FiniteDouble.Sample(number =>
        {
            var canonical = CanonicalJson.Canonicalize(number.ToString("E16", CultureInfo.InvariantCulture));
            Assert.Equal(canonical, CanonicalJson.Canonicalize(number.ToString("G17", CultureInfo.InvariantCulture)));
            Assert.Equal(canonical, CanonicalJson.Canonicalize(canonical));
            Assert.Equal(number, double.Parse(canonical, CultureInfo.InvariantCulture));
        });

    [Fact]
    public void The_layout_depends_on_the_size_alone() =>
        JsonGen.FiniteDouble.Sample(number =>
        {
            var canonical = CanonicalJson.Canonicalize(number.ToString("G17", CultureInfo.InvariantCulture));
            var isPlain = number == 0 || Math.Abs(number) is >= 1e-6 and < 1e21;
            Assert.Matches(isPlain ? Plain() : Exponential(), canonical);
        });

    [GeneratedRegex(@"^-?(0|[1-9]\d{0,20})(\.\d*[1-9])?$")]
    private static partial Regex Plain();

    [GeneratedRegex(@"^-?[1-9](\.\d{0,15}[1-9])?e[+-][1-9]\d{0,2}$")]
    private static partial Regex Exponential();
}
