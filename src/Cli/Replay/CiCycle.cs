namespace QLearning.Cli.Replay;

/// <summary>One CI cycle. Its verdicts are inside and come out only for tests that were run.</summary>
internal sealed class CiCycle
{
    private readonly bool[] _failed;

    /// <summary>A cycle with the verdict of each test; true: it fails.</summary>
    public CiCycle(string name, IReadOnlyList<ScheduledTest> tests, IReadOnlyList<bool> failed)
    {
        (Name, Tests, _failed) = (name, tests, [.. failed]);
        TimeBudgetMs = tests.Sum(test => test.DurationMs) / 2;
        IsWithoutChance = _failed.Contains(true) && !tests.Where((test, i) => _failed[i] && test.DurationMs <= TimeBudgetMs).Any();
    }

    /// <summary>Its number, or what the history names it by, such as a commit.</summary>
    public string Name { get; }

    public IReadOnlyList<ScheduledTest> Tests { get; }

    /// <summary>Half of the time that all tests take.</summary>
    public double TimeBudgetMs { get; }

    /// <summary>Whether no order could find a failure: each test that fails takes longer than there is time.</summary>
    public bool IsWithoutChance { get; }

    /// <summary>Runs all tests, as a finished run did.</summary>
    public IEnumerable<ExecutedTest> RunAll() => _failed.Select((failed, index) => new ExecutedTest(index, failed));

    /// <summary>
    /// Runs tests in the order given until the time is used. A test that does not fit is passed over; later ones that fit still run.
    /// </summary>
    /// <param name="order">The indexes of all tests, the most urgent first.</param>
    public CycleOutcome Run(IReadOnlyList<int> order)
    {
        var used = 0.0;
        var executed = new List<ExecutedTest>();
        foreach (var index in order)
        {
            if (used + Tests[index].DurationMs <= TimeBudgetMs)
            {
                used += Tests[index].DurationMs;
                executed.Add(new ExecutedTest(index, _failed[index]));
            }
        }

        return new CycleOutcome(executed, Tests.Count, _failed.Count(failed => failed), TimeSpan.FromMilliseconds(used), IsWithoutChance);
    }
}
