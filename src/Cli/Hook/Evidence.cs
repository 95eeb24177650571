using System.Globalization;
using QLearning.Abstractions;
using QLearning.Cli.Reports;

namespace QLearning.Cli.Hook;

/// <summary>What is known of how a task ended, and the reward that follows from it.</summary>
/// <param name="Reward">−1 to 1.</param>
/// <param name="Succeeded">Whether the task succeeded.</param>
/// <param name="Problem">Why it did not.</param>
/// <param name="Tests">What its test report counts.</param>
internal sealed record Evidence(double Reward, bool Succeeded, string? Problem, ReportCounts? Tests)
{
    private const int Decimals = 6;

    /// <summary>
    /// An exit code gives 1 for 0, else −1; a report gives 2·p − 1 for the share p of the tests that ran and passed; both give their mean.
    /// A task succeeds when neither says that it failed.
    /// </summary>
    /// <exception cref="InvalidInputException">There is neither, or no test of the report ran and there is no exit code.</exception>
    public static Evidence Of(int? exitCode, ReportCounts? tests)
    {
        var ran = tests is null ? 0 : tests.Passed + tests.Failed;
        double[] rewards =
        [
            .. exitCode is { } code ? [code == 0 ? 1.0 : -1.0] : Array.Empty<double>(),
            .. ran > 0 ? [(2.0 * tests!.Passed / ran) - 1] : Array.Empty<double>(),
        ];
        if (rewards.Length == 0)
        {
            throw new InvalidInputException(
                "Nothing says how the task ended: no test of the report ran. Allowed: a report of tests that ran, an exit code, or both.");
        }

        var problem = tests is { Failed: > 0 } ? string.Create(CultureInfo.InvariantCulture, $"{tests.Failed} of {ran} tests failed")
            : exitCode is { } failed and not 0 ? string.Create(CultureInfo.InvariantCulture, $"exit code {failed}")
            : null;
        return new Evidence(Math.Round(rewards.Average(), Decimals), problem is null, problem, tests);
    }
}
