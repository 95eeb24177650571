namespace QLearning.Bench.Report;

/// <summary>What a benchmark found.</summary>
/// <param name="Title">What was measured.</param>
/// <param name="Machine">Where.</param>
/// <param name="Measurements">Calls and how long they took.</param>
/// <param name="Facts">Other numbers, by name.</param>
/// <param name="Problem">Why the numbers do not count; null: they do.</param>
internal sealed record BenchReport(
    string Title, Machine Machine, IReadOnlyList<Measurement> Measurements, IReadOnlyDictionary<string, double> Facts, string? Problem);
