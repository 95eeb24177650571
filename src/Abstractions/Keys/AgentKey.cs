using System.Text.Json.Serialization;

namespace QLearning.Abstractions;

/// <summary>The key of an agent's grain: <c>test-generator/tg-1</c>.</summary>
/// <param name="AgentType">1 to 50 characters, no <c>/</c>, <c>#</c>, white space or control character.</param>
/// <param name="Instance">1 to 100 characters, no control character.</param>
[JsonConverter(typeof(AgentKeyJsonConverter))]
public readonly record struct AgentKey(string AgentType, string Instance)
{
    private const char Separator = '/';

    private static string Allowed =>
        FormattableString.Invariant($"1 to {QLimits.MaxInstanceCharacters} characters without control characters");

    /// <summary>The key of an agent.</summary>
    /// <param name="agentType">The agent type.</param>
    /// <param name="instance">The instance's name.</param>
    /// <exception cref="InvalidInputException">A name is empty, too long or has a forbidden character.</exception>
    public static AgentKey For(string agentType, string instance)
    {
        var type = AgentTypeKey.For(agentType).AgentType;
        if (type.Contains(Separator, StringComparison.Ordinal))
        {
            throw InvalidInputException.For(
                "agent type", type, "it has a '/', which ends the type in the name of an agent", "a name without '/'");
        }

        var problem = instance switch
        {
            null or "" => "it is empty",
            { Length: > QLimits.MaxInstanceCharacters } => FormattableString.Invariant($"it has {instance.Length} characters"),
            _ when instance.Any(c => char.IsControl(c) || char.IsSurrogate(c)) => "it has a forbidden character",
            _ => null,
        };
        return problem is null
            ? new AgentKey(type, instance!)
            : throw InvalidInputException.For("agent instance", instance, problem, Allowed);
    }

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    /// <param name="grainKey">A grain's primary key.</param>
    /// <exception cref="InvalidInputException">The text is not such a key.</exception>
    public static AgentKey Parse(string grainKey)
    {
        ArgumentNullException.ThrowIfNull(grainKey);
        var end = grainKey.IndexOf(Separator, StringComparison.Ordinal);
        return end < 0
            ? throw InvalidInputException.For("agent", grainKey, "it has no instance", "an agent type, '/' and an instance")
            : For(grainKey[..end], grainKey[(end + 1)..]);
    }

    /// <summary>The grain's primary key.</summary>
    public override string ToString() => $"{AgentType}{Separator}{Instance}";
}
