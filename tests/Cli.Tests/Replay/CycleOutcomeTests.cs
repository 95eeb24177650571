using CsCheck;
using QLearning.Cli.Replay;

namespace QLearning.Cli.Tests.Replay;

/// <summary>The time budget of a cycle and the figure NAPFD.</summary>
public sealed class CycleOutcomeTests
{
    private static readonly Gen<CiCycle> _cycles = Gen.Select(Gen.Long[0, 100], Gen.Bool).Array[1, 30].Select(tests => new CiCycle(
        "1", [.. tests.Select((test, i) => new ScheduledTest($"t{i}", test.Item1, default))], [.. tests.Select(test => test.Item2)]));

    [Fact]
    public void A_test_that_does_not_fit_is_passed_over_and_later_ones_still_run()
    {
        var cycle = Cycle((10, false), (70, true), (20, true), (20, false), (20, true));

        var outcome = cycle.Run([0, 1, 2, 3, 4]);

        Assert.Equal([0, 2, 3, 4], outcome.Executed.Select(test => test.Index));
        Assert.Equal(TimeSpan.FromMilliseconds(70), outcome.TimeUsed);
        Assert.Equal((2, 3), (outcome.Found, outcome.Failures));
    }

    [Theory]
    // p − Σr / (m·n) + p / (2n), by hand.
    [InlineData(1 - (1 / 4.0) + (1 / 8.0), new[] { 0, 1, 2, 3 }, new[] { true, false, false, false })]
    [InlineData(1 - (2 / 4.0) + (1 / 8.0), new[] { 1, 0, 2, 3 }, new[] { true, false, false, false })]
    [InlineData(0.5 - (2 / 8.0) + (0.5 / 8), new[] { 1, 0, 2, 3 }, new[] { true, false, true, false })]
    [InlineData(0, new[] { 1, 3, 0, 2 }, new[] { true, false, true, false })]
    [InlineData(1, new[] { 0, 1, 2, 3 }, new[] { false, false, false, false })]
    public void Napfd_follows_its_formula(double expected, int[] order, bool[] failed)
    {
        var cycle = new CiCycle("1", [.. failed.Select((_, i) => new ScheduledTest($"t{i}", 10, default))], failed);

        Assert.Equal(expected, cycle.Run(order).Napfd, 12);
    }

    [Fact]
    public void The_time_used_never_exceeds_half_of_all_and_no_test_that_still_fits_is_left_out() => _cycles.Sample(cycle =>
    {
        var outcome = cycle.Run([.. Enumerable.Range(0, cycle.Tests.Count)]);
        var left = cycle.TimeBudgetMs - outcome.TimeUsed.TotalMilliseconds;
        var shortestLeftOut = Enumerable.Range(0, cycle.Tests.Count).Except(outcome.Executed.Select(test => test.Index))
            .Select(index => cycle.Tests[index].DurationMs).DefaultIfEmpty(long.MaxValue).Min();
        return left >= 0 && shortestLeftOut > left;
    });

    [Fact]
    public void Napfd_lies_between_0_and_1_and_no_order_beats_failures_first() =>
        Gen.Select(_cycles, Gen.Int).Sample((cycle, seed) =>
        {
            var tests = Enumerable.Range(0, cycle.Tests.Count).Select(i => new ScheduledTest($"t{i}", 10, default)).ToList();
            bool[] failed = [.. tests.Select((_, i) => cycle.Run([i]).Failures > 0 && (seed >> (i % 31) & 1) == 1)];
            var same = new CiCycle("1", tests, failed);
            var order = Enumerable.Range(0, tests.Count).ToArray();
            new Random(seed).Shuffle(order);

            var any = same.Run(order).Napfd;
            var best = same.Run([.. order.OrderByDescending(i => failed[i])]).Napfd;

            return any is >= 0 and <= 1 && best >= any - 1e-12;
        });

    private static CiCycle Cycle(params (long DurationMs, bool Failed)[] tests) => new(
        "1", [.. tests.Select((test, i) => new ScheduledTest($"t{i}", test.DurationMs, default))], [.. tests.Select(test => test.Failed)]);
}
