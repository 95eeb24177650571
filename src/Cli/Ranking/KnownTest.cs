using QLearning.Cli.Replay;
using QLearning.Cli.Replay.History;

namespace QLearning.Cli.Ranking;

/// <summary>What a history tells of a test, after its last run.</summary>
internal sealed class KnownTest(string name)
{
    public string Name { get; } = name;

    /// <summary>In how many runs it ran.</summary>
    public int Runs { get; private set; }

    /// <summary>In how many of them it failed.</summary>
    public int Failures { get; private set; }

    /// <summary>How many runs of it ago it failed last, 1 being its latest; null: it never did.</summary>
    public int? LastFailure { get; private set; }

    /// <summary>Its latest verdicts.</summary>
    public PastResults Past { get; private set; }

    /// <summary>How long it took the last time, in milliseconds.</summary>
    public double DurationMs { get; private set; }

    /// <summary>Whether that was reported, and is not what other tests take.</summary>
    public bool IsDurationKnown { get; private set; }

    public void Add(ScheduledTest test, bool failed)
    {
        Runs++;
        Failures += failed ? 1 : 0;
        LastFailure = failed ? 1 : LastFailure + 1;
        // A history may tell more of its past than it has runs.
        Past = test.LastResults.FollowedByNewer(failed);
        (DurationMs, IsDurationKnown) = (test.DurationMs, test.IsDurationKnown);
    }
}
