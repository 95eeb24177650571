using System.Globalization;
using System.Text.Json.Serialization;

namespace QLearning.Abstractions;

/// <summary>
/// The key of the grain that owns a partition of an agent type's Q-table (<see cref="TablePartition"/>): <c>test-generator</c> is partition
/// 0, usually the only one, <c>test-generator#3</c> partition 3. Callers that do not know the number of partitions begin with partition 0.
/// </summary>
/// <param name="AgentType">1 to 50 characters, no <c>#</c>, white space or control character.</param>
/// <param name="Partition">0 to one less than <see cref="QLimits.MaxPartitions"/>.</param>
[JsonConverter(typeof(AgentTypeKeyJsonConverter))]
public readonly record struct AgentTypeKey(string AgentType, int Partition = 0)
{
    private const char PartitionMark = '#';

    /// <summary>The key of the grain that a caller can always ask.</summary>
    /// <param name="agentType">1 to 50 characters, no <c>#</c>, white space or control character.</param>
    /// <exception cref="InvalidInputException">The name is empty, too long or has a forbidden character.</exception>
    public static AgentTypeKey For(string agentType) => FindProblem(agentType) is { } problem ? throw problem : new AgentTypeKey(agentType);

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    /// <param name="grainKey">A grain's primary key.</param>
    /// <exception cref="InvalidInputException">The text is not such a key.</exception>
    public static AgentTypeKey Parse(string grainKey) => FindProblem(grainKey, out var key) is { } problem ? throw problem : key;

    /// <summary>Reads what <see cref="ToString"/> wrote, if it is such a key.</summary>
    /// <param name="grainKey">A grain's primary key.</param>
    /// <param name="key">The key.</param>
    public static bool TryParse(string grainKey, out AgentTypeKey key)
    {
        var isKey = FindProblem(grainKey, out var read) is null;
        key = isKey ? read : default;
        return isKey;
    }

    /// <summary>The grain's primary key.</summary>
    public override string ToString() => Partition == 0
        ? AgentType
        : string.Create(CultureInfo.InvariantCulture, $"{AgentType}{PartitionMark}{Partition}");

    private static InvalidInputException? FindProblem(string grainKey, out AgentTypeKey key)
    {
        ArgumentNullException.ThrowIfNull(grainKey);
        var mark = grainKey.LastIndexOf(PartitionMark);
        key = new AgentTypeKey(mark < 0 ? grainKey : grainKey[..mark]);
        if (mark >= 0)
        {
            // A partition has one spelling: a leading zero would make a second grain for the same rows.
            var digits = grainKey.AsSpan(mark + 1);
            if (digits.StartsWith("0") || !int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var partition)
                || partition >= QLimits.MaxPartitions)
            {
                return InvalidInputException.For(
                    "agent type",
                    grainKey,
                    "it has a malformed partition",
                    $"a name, or a name, # and a number from 1 to {QLimits.MaxPartitions - 1}");
            }

            key = key with { Partition = partition };
        }

        return FindProblem(key.AgentType);
    }

    private static InvalidInputException? FindProblem(string? agentType)
    {
        var problem = agentType switch
        {
            null or "" => "it is empty",
            { Length: > QLimits.MaxAgentTypeCharacters } => string.Create(
                CultureInfo.InvariantCulture, $"it has {agentType.Length} characters"),
            _ when agentType.Any(c => c == PartitionMark || char.IsWhiteSpace(c) || char.IsControl(c) || char.IsSurrogate(c)) =>
                "it has a forbidden character",
            _ => null,
        };
        return problem is null
            ? null
            : InvalidInputException.For(
                "agent type",
                agentType,
                problem,
                FormattableString.Invariant(
                    $"1 to {QLimits.MaxAgentTypeCharacters} characters without '#', white space or control characters"));
    }
}
