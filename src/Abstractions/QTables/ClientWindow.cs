namespace QLearning.Abstractions;

/// <summary>Which numbered updates of one client are in stored Q-values, a row of <c>q_table_clients</c>. No message has it.</summary>
/// <param name="ClientId">The client.</param>
/// <param name="Floor">Every number up to it has taken effect or is settled.</param>
/// <param name="Above">The numbers above it that have taken effect.</param>
public readonly record struct ClientWindow(Guid ClientId, long Floor, long[] Above);
