using System.Globalization;

namespace QLearning.Abstractions;

/// <summary>
/// The key of the grain that owns an agent type's Q-table. Today one grain owns the whole table (partition 0); the format leaves room
/// for a table split by state key over several grains: <c>test-generator</c> is partition 0, <c>test-generator#3</c> partition 3.
/// </summary>
/// <param name="AgentType">1 to 50 characters, no <c>#</c>, white space or control character.</param>
/// <param name="Partition">0 or more.</param>
public readonly record struct AgentTypeKey(string AgentType, int Partition = 0)
{
    /// <summary>The longest name of an agent type, in characters.</summary>
    public const int MaxCharacters = 50;

    private const char PartitionMark = '#';

    /// <summary>The key of the grain that owns a state's row: the one place that routes Q-table calls.</summary>
    /// <param name="agentType">1 to 50 characters, no <c>#</c>, white space or control character.</param>
    /// <exception cref="InvalidInputException">The name is empty, too long or has a forbidden character.</exception>
    public static AgentTypeKey For(string agentType) => new(Checked(agentType));

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    /// <param name="grainKey">A grain's primary key.</param>
    /// <exception cref="InvalidInputException">The text is not such a key.</exception>
    public static AgentTypeKey Parse(string grainKey)
    {
        ArgumentNullException.ThrowIfNull(grainKey);
        var mark = grainKey.LastIndexOf(PartitionMark);
        if (mark < 0)
        {
            return For(grainKey);
        }

        return TryParsePartition(grainKey.AsSpan(mark + 1), out var partition)
            ? new AgentTypeKey(Checked(grainKey[..mark]), partition)
            : throw InvalidInputException.For("agent type", grainKey, "it has a malformed partition", "a name, or a name, # and a number above 0");
    }

    /// <summary>Reads what <see cref="ToString"/> wrote, if it is such a key.</summary>
    /// <param name="grainKey">A grain's primary key.</param>
    /// <param name="key">The key.</param>
    public static bool TryParse(string grainKey, out AgentTypeKey key)
    {
        ArgumentNullException.ThrowIfNull(grainKey);
        var mark = grainKey.LastIndexOf(PartitionMark);
        var name = mark < 0 ? grainKey : grainKey[..mark];
        key = default;
        var partition = 0;
        if (FindProblem(name) is not null || (mark >= 0 && !TryParsePartition(grainKey.AsSpan(mark + 1), out partition)))
        {
            return false;
        }

        key = new AgentTypeKey(name, partition);
        return true;
    }

    /// <summary>The grain's primary key.</summary>
    public override string ToString() => Partition == 0
        ? AgentType
        : string.Create(CultureInfo.InvariantCulture, $"{AgentType}{PartitionMark}{Partition}");

    // A partition has one spelling: a leading zero would make a second grain for the same rows.
    private static bool TryParsePartition(ReadOnlySpan<char> digits, out int partition)
    {
        partition = 0;
        return !digits.StartsWith("0") && int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out partition);
    }

    private static string? FindProblem(string? agentType) => agentType switch
    {
        null or "" => "it is empty",
        { Length: > MaxCharacters } => string.Create(CultureInfo.InvariantCulture, $"it has {agentType.Length} characters"),
        _ when agentType.Any(c => c == PartitionMark || char.IsWhiteSpace(c) || char.IsControl(c) || char.IsSurrogate(c)) =>
            "it has a forbidden character",
        _ => null,
    };

    private static string Checked(string agentType)
    {
        var problem = FindProblem(agentType);
        return problem is null
            ? agentType!
            : throw InvalidInputException.For("agent type", agentType, problem, "1 to 50 characters without '#', white space or control characters");
    }
}
