namespace QLearning.Storage.Checks;

/// <summary>What one check found.</summary>
/// <param name="Name">Which sums or facts it compares.</param>
/// <param name="Checked">How many rows or groups it looked at.</param>
/// <param name="Violations">How many of them are wrong.</param>
/// <param name="Examples">The first few that are wrong, in words.</param>
public sealed record CheckResult(string Name, long Checked, long Violations, IReadOnlyList<string> Examples);
