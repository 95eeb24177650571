namespace QLearning.Cli.Replay;

/// <summary>A test that was run.</summary>
/// <param name="Index">Its index in the cycle.</param>
/// <param name="Failed">Its verdict.</param>
internal readonly record struct ExecutedTest(int Index, bool Failed);

/// <summary>What came of running a cycle's tests in some order.</summary>
/// <param name="Executed">The tests that were run, in their order.</param>
/// <param name="Tests">How many tests the cycle has.</param>
/// <param name="Failures">How many of them fail, run or not.</param>
/// <param name="TimeUsed">How long the tests that were run took.</param>
/// <param name="IsWithoutChance">Whether no order could have found a failure.</param>
internal sealed record CycleOutcome(IReadOnlyList<ExecutedTest> Executed, int Tests, int Failures, TimeSpan TimeUsed, bool IsWithoutChance)
{
    /// <summary>Failures among the tests that were run.</summary>
    public int Found => Executed.Count(test => test.Failed);

    /// <summary>
    /// The normalized average percentage of faults detected, 0 to 1: p − Σr / (m·n) + p / (2n) with n tests, m failures, r the ranks of
    /// the detected ones among the tests run, and p the share detected (Qu, Cohen and Rothermel 2007). 1 for a cycle without failures.
    /// </summary>
    public double Napfd
    {
        get
        {
            if (Failures == 0)
            {
                return 1;
            }

            var share = (double)Found / Failures;
            var ranks = Executed.Select((test, i) => test.Failed ? i + 1L : 0).Sum();
            return share - (ranks / ((double)Failures * Tests)) + (share / (2.0 * Tests));
        }
    }
}
