using System.Collections;
using System.Reflection;
using System.Runtime.CompilerServices;
using QLearning.Abstractions;

namespace QLearning.Bench.BadInput;

/// <summary>
/// Makes arguments of any type that a grain takes: often odd, sometimes good. It follows the types themselves, so that a member which is
/// added later is covered too.
/// </summary>
/// <param name="random">Decides; the same seed gives the same arguments.</param>
/// <param name="oddness">The share of odd values, 0 to 1: a few in a good call reach deeper than a call made of them.</param>
internal sealed class OddValues(Random random, double oddness)
{
    private static readonly string[] _goodNames = ["test-generator", "coverage-analyzer", "quality-gate", "flaky-test-hunter"];
    private const int DeepestMember = 6;

    private static readonly double[] _numbers =
    [
        0, 1, 0.5, 0.1, -1, 0.99, double.NaN, double.PositiveInfinity, double.NegativeInfinity, double.Epsilon, -0.0,
        999_999.999999, -999_999.999999,
        1_000_000, 1e300, -1e300, 1e-300, double.MaxValue, double.MinValue,
    ];

    private static readonly long[] _integers = [
        0, 1, 2, 3, 7, 30, 100, 1000, 1001, -1, int.MaxValue, int.MinValue, long.MaxValue, long.MinValue];

    private static readonly Guid[] _ids = [.. Enumerable.Range(0, 12).Select(i => new Guid(i, 0, 0, new byte[8]))];

    private static readonly DateTimeOffset[] _times =
    [
        DateTimeOffset.MinValue, DateTimeOffset.MaxValue, DateTimeOffset.UnixEpoch, new(2026, 8, 1, 12, 0, 0, TimeSpan.FromHours(14)),
        new(2026, 8, 1, 12, 0, 0, TimeSpan.Zero), new(9999, 12, 31, 0, 0, 0, TimeSpan.Zero),
    ];

    private static readonly string[] _jsonNames = ["Json", "Data", "Conditions", "Containing"];

    private static readonly TimeSpan[] _spans =
        [TimeSpan.Zero, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1), TimeSpan.FromDays(-1), TimeSpan.MaxValue, TimeSpan.MinValue];

    private bool IsOdd => random.NextDouble() < oddness;

    /// <summary>The key of a grain.</summary>
    /// <param name="isAgent">Whether it is an agent's.</param>
    public string Key(bool isAgent)
    {
        if (IsOdd)
        {
            return OddText.Next(random);
        }

        var type = _goodNames[random.Next(_goodNames.Length)];
        return isAgent ? $"{type}/a{random.Next(3)}" : type;
    }

    /// <summary>The key of a grain whose keys are ids.</summary>
    public Guid Id()
    {
        if (random.Next(4) > 0)
        {
            return _ids[random.Next(_ids.Length)];
        }

        Span<byte> unknown = stackalloc byte[16];
        random.NextBytes(unknown);
        return new Guid(unknown);
    }

    /// <summary>An argument.</summary>
    /// <param name="type">Its type.</param>
    /// <param name="name">The name of the parameter or property.</param>
    /// <param name="depth">How many members it is within.</param>
    public object? Create(Type type, string name, int depth = 0) => type switch
    {
        _ when Nullable.GetUnderlyingType(type) is { } inner => random.Next(3) == 0 ? null : Create(inner, name, depth),
        _ when type == typeof(string) => CreateText(name),
        _ when type == typeof(double) => IsOdd ? _numbers[random.Next(_numbers.Length)] : random.NextDouble(),
        _ when type == typeof(int) =>
            IsOdd ? (int)Math.Clamp(_integers[random.Next(_integers.Length)], int.MinValue, int.MaxValue) : random.Next(4),
        _ when type == typeof(long) => IsOdd ? _integers[random.Next(_integers.Length)] : random.Next(1, 1000),
        _ when type == typeof(bool) => random.Next(2) == 0,
        _ when type == typeof(Guid) => IsOdd && random.Next(3) == 0 ? Guid.Empty : Id(),
        _ when type == typeof(DateTimeOffset) => IsOdd ? _times[random.Next(_times.Length)] : _times[^2],
        _ when type == typeof(TimeSpan) => IsOdd ? _spans[random.Next(_spans.Length)] : _spans[1],
        _ when type == typeof(StateKey) => StateKey.TryParse(CreateText("Key"), out var state) ? state : default,
        _ when type == typeof(ActionKey) => ActionKey.TryParse(CreateText("Key"), out var action) ? action : default,
        _ when type.IsEnum => Enum.ToObject(type, IsOdd ? 77 : random.Next(Enum.GetValues(type).Length)),
        _ when type.IsArray => CreateList(type.GetElementType()!, name, depth),
        _ when type.IsGenericType && type.IsAssignableTo(typeof(IEnumerable)) => CreateList(type.GetGenericArguments()[0], name, depth),
        _ => CreateMessage(type, depth),
    };

    private string? CreateText(string name)
    {
        var isJson = _jsonNames.Any(part => name.Contains(part, StringComparison.Ordinal));
        if (IsOdd)
        {
            return random.Next(8) == 0 ? null : isJson ? OddText.Json(random) : OddText.Next(random);
        }

        return isJson ? """{"coverage":70}"""
            : name.Contains("AgentType", StringComparison.OrdinalIgnoreCase) ? _goodNames[random.Next(_goodNames.Length)]
            : $"name {random.Next(6)}";
    }

    private Array? CreateList(Type item, string name, int depth)
    {
        var length = IsOdd ? random.Next(6) switch { 0 => -1, 1 => QLimits.MaxBatch + 1, _ => 0 } : random.Next(1, 4);
        if (length < 0)
        {
            return null;
        }

        var items = Array.CreateInstance(item, length);
        if (length > QLimits.MaxBatch)
        {
            // A batch over its limit repeats one good item: a thousand huge ones are more than a message may have.
            var good = new OddValues(random, oddness: 0).Create(item, name, depth + 1);
            for (var i = 0; i < length; i++)
            {
                items.SetValue(good, i);
            }

            return items;
        }

        for (var i = 0; i < length; i++)
        {
            items.SetValue(CreateItem(item, name, depth), i);
        }

        return items;
    }

    private object? CreateItem(Type item, string name, int depth) =>
        !item.IsValueType && IsOdd ? null : Create(item, name, depth + 1);

    private object? CreateMessage(Type type, int depth)
    {
        if ((!type.IsValueType && IsOdd) || depth > DeepestMember)
        {
            return type.IsValueType ? Activator.CreateInstance(type) : null;
        }

        // Properties are set behind the constructor's back, as a message from an older or broken sender would be.
        var message = RuntimeHelpers.GetUninitializedObject(type);
        foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(one => one.CanWrite))
        {
            property.SetValue(message, Create(property.PropertyType, property.Name, depth + 1));
        }

        return message;
    }
}
