namespace QLearning.Storage.WriteBehind;

/// <summary>Which numbered updates of one client are in the Q-values of a batch and those before it.</summary>
/// <param name="ClientId">The client.</param>
/// <param name="Floor">Every number up to it.</param>
/// <param name="Above">These numbers above it.</param>
public readonly record struct ClientWindowWrite(Guid ClientId, long Floor, IReadOnlyList<long> Above);
