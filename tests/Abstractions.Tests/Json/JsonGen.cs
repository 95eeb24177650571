namespace QLearning.Abstractions.Tests.Json;

/// <summary>Random JSON values.</summary>
internal static class JsonGen
{
    /// <summary>Every finite double, so that most are far from 1, and small whole numbers among them.</summary>
    public static readonly Gen<double> FiniteDouble = Gen.OneOf(
        Gen.Long.Select(BitConverter.Int64BitsToDouble).Where(double.IsFinite),
        Gen.Double[-1e22, 1e22],
        Gen.Double[-1e-5, 1e-5],
        Gen.Int[-1000, 1000].Select(number => (double)number));

    /// <summary>Text of control, plain, accented and supplementary characters; no NUL, which is refused.</summary>
    public static readonly Gen<string> Text = Gen.OneOf(
        Gen.Int[1, 0x7f],
        Gen.Int[0x80, 0xd7ff],
        Gen.Int[0xe000, 0xffff],
        Gen.Int[0x10000, 0x10ffff]).Select(char.ConvertFromUtf32).Array[0, 6].Select(string.Concat);

    /// <summary>Values up to four levels deep.</summary>
    public static readonly Gen<JsonTree> Tree = Level(3, FiniteDouble);

    /// <summary>Those that may describe a state or an action: no number is beyond 2⁵³.</summary>
    public static readonly Gen<JsonTree> KeyTree = Level(3, FiniteDouble.Where(number => Math.Abs(number) <= 1L << 53));

    private static Gen<JsonTree> Level(int below, Gen<double> numbers)
    {
        var leaf = Gen.OneOf(
            Gen.OneOf(Gen.Const("true"), Gen.Const("false"), Gen.Const("null")).Select(text => (JsonTree)new JsonTree.Literal(text)),
            numbers.Select(value => (JsonTree)new JsonTree.Number(value)),
            Text.Select(value => (JsonTree)new JsonTree.Str(value)));
        if (below == 0)
        {
            return leaf;
        }

        var child = Level(below - 1, numbers);
        return Gen.OneOf(
            leaf,
            child.Array[0, 4].Select(values => (JsonTree)new JsonTree.Items(values)),
            Gen.Select(Text, child).Array[0, 5].Select(members => (JsonTree)new JsonTree.Members([.. members.DistinctBy(m => m.Item1)])));
    }
}
