namespace QLearning.Bench.Report;

/// <summary>Calls of one kind in one phase of a benchmark. Times are in milliseconds.</summary>
/// <param name="Phase">The phase.</param>
/// <param name="Operation">The kind of call.</param>
/// <param name="Calls">How many were answered.</param>
/// <param name="Unanswered">How many got no answer.</param>
/// <param name="PerSecond">How many a second, of all callers together.</param>
/// <param name="P50">The time that half of the calls took at most.</param>
/// <param name="P99">The time that 99 % of the calls took at most.</param>
/// <param name="Max">The longest time.</param>
internal sealed record Measurement(string Phase, string Operation, int Calls, int Unanswered, double PerSecond, double? P50,
    double? P99, double? Max);
