namespace QLearning.Bench.Chaos;

/// <summary>Names a state of an agent type in the books of a run.</summary>
internal static class KeyText
{
    public static string Of(string agentType, string state) => $"{agentType}/{state}";

    public static bool IsOf(string key, string agentType) =>
        key.Length > agentType.Length && key[agentType.Length] == '/' && key.StartsWith(agentType, StringComparison.Ordinal);
}
