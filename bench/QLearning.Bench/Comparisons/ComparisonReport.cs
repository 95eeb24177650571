using QLearning.Bench.Report;

namespace QLearning.Bench.Comparisons;

/// <summary>What the comparison found.</summary>
/// <param name="Machine">Where it was measured.</param>
/// <param name="Cases">The cases.</param>
internal sealed record ComparisonReport(Machine Machine, IReadOnlyList<CaseResult> Cases);
