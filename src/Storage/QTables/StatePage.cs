using QLearning.Abstractions;

namespace QLearning.Storage.QTables;

/// <summary>Some states of a Q-table, in the order of the database's index.</summary>
/// <param name="States">The states; empty when the page had none that a caller can ask for.</param>
/// <param name="Last">Where the next page begins; null: this was the last.</param>
public sealed record StatePage(IReadOnlyList<StateKey> States, string? Last);
