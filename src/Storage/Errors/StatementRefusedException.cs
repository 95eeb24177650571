using QLearning.Abstractions;

namespace QLearning.Storage;

/// <summary>
/// PostgreSQL refused a statement for what it would write, so that the same would be refused again: whoever wrote for several callers at
/// once writes for each alone. It does not reach a caller.
/// </summary>
/// <param name="forCaller">What the caller is told whose statement it was.</param>
public sealed class StatementRefusedException(QLearningException forCaller) : Exception(forCaller.Message, forCaller)
{
    /// <summary>What the caller is told whose statement it was.</summary>
    public QLearningException ForCaller { get; } = forCaller;
}
