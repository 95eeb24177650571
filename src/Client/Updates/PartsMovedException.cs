namespace QLearning.Client.Updates;

/// <summary>The Q-table was split otherwise: what was meant for a part goes to others.</summary>
internal sealed class PartsMovedException() : Exception("The Q-table was split otherwise.");
