using QLearning.Abstractions;

namespace QLearning.Client;

/// <summary>What an agent learned of a step, and what it does next.</summary>
/// <param name="Observed">What was learned and, at the end of an episode, what was stored.</param>
/// <param name="Selected">The next action; null: the episode is over.</param>
public sealed record AgentStep(ObservationResult Observed, SelectedAction? Selected);
