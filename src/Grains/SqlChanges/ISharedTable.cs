using QLearning.Abstractions;

namespace QLearning.Grains.SqlChanges;

/// <summary>What the silo tells the grain of an agent type when another program wrote through SQL.</summary>
[Alias("QLearning.ISharedTable")]
internal interface ISharedTable : IGrainWithStringKey
{
    /// <summary>
    /// Notes what was changed, if the grain has it in memory; what it reads again for that it reads afterwards, in its own time.
    /// </summary>
    [Alias("TakeOver")]
    Task TakeOver(SqlChangeSet changes);
}

/// <summary>What was changed of one agent type.</summary>
/// <param name="States">These states' Q-values.</param>
/// <param name="IsAnyState">Any state's.</param>
/// <param name="IsSettings">The row of <c>agent_types</c>.</param>
[GenerateSerializer, Immutable]
[Alias("QLearning.SqlChangeSet")]
internal sealed record SqlChangeSet(
    [property: Id(0)] IReadOnlyCollection<StateKey> States, [property: Id(1)] bool IsAnyState, [property: Id(2)] bool IsSettings);
