namespace QLearning.Cli.Ranking;

/// <summary>A test in the order for the next run.</summary>
/// <param name="Test">Its name.</param>
/// <param name="Priority">What it was ordered by: how likely it is to fail, and a little less the longer it takes.</param>
/// <param name="Seconds">How long it is expected to take.</param>
/// <param name="Reason">Why it has its place.</param>
internal sealed record RankedTest(string Test, double Priority, double Seconds, string Reason);

/// <summary>An order for the next run.</summary>
/// <param name="Runs">How many runs it was learned from.</param>
/// <param name="Seconds">How long the tests are expected to take together.</param>
/// <param name="LeftOut">How many tests did not fit into the budget.</param>
/// <param name="Tests">The tests, the first to run first.</param>
internal sealed record Ranking(int Runs, double Seconds, int LeftOut, IReadOnlyList<RankedTest> Tests);
