namespace QLearning.Bench.Comparisons;

/// <summary>One way to do a job.</summary>
/// <param name="Name">Which way.</param>
/// <param name="MeasureAsync">Takes a turn; gets the number of the round, from 0 for the one that only warms up.</param>
internal sealed record Contender(string Name, Func<int, CancellationToken, Task<Sample>> MeasureAsync);
