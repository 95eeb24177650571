namespace QLearning.Bench.Calls;

/// <summary>One way to do a job, called by many callers at once.</summary>
/// <param name="Job">What is done.</param>
/// <param name="Name">Which way.</param>
/// <param name="Call">Does it once, for a caller with random numbers of its own.</param>
internal sealed record Contender(string Job, string Name, Func<Random, Task> Call)
{
    /// <summary>How many of its items a call has.</summary>
    public int Items { get; init; } = 1;
}
