using System.ComponentModel.DataAnnotations;
using QLearning.Abstractions;

namespace QLearning.Grains.QTables;

/// <summary>How much of a Q-table is kept in memory. Configuration section <c>QLearning:HotTables</c>.</summary>
public sealed class HotTableOptions
{
    /// <summary>
    /// The most states of one agent type in memory. A type with no more is loaded whole; of a larger one, states are loaded when they are
    /// asked for and the least recently used make room. <c>hotLimit</c> in <c>agent_types.metadata</c> overrides it. Default: 1,000,000.
    /// </summary>
    [Range(QLimits.MinHotStates, QLimits.MaxHotStates)]
    public int MaxStates { get; set; } = 1_000_000;

    /// <summary>The seed of exploration, for runs that must repeat; null: a new one for each activation. Default: null.</summary>
    public int? ExplorationSeed { get; set; }
}
