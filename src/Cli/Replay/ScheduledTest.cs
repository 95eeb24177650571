using QLearning.Cli.Replay.History;

namespace QLearning.Cli.Replay;

/// <summary>A test of a CI cycle as it is known before it runs: without its verdict.</summary>
/// <param name="Name">The test case.</param>
/// <param name="DurationMs">How long it takes, in milliseconds.</param>
/// <param name="LastResults">Its earlier verdicts.</param>
internal sealed record ScheduledTest(string Name, double DurationMs, PastResults LastResults)
{
    /// <summary>Whether the history tells how long it takes; else it is taken for what other tests take.</summary>
    public bool IsDurationKnown { get; init; } = true;
}
