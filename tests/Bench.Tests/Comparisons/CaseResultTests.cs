using QLearning.Bench.Comparisons;

namespace QLearning.Bench.Tests.Comparisons;

/// <summary>When a case of the comparison has reached what it must.</summary>
public sealed class CaseResultTests
{
    private static readonly Figures _own = new(90, 0, P50: 2, P99: 5, Extra: 0.96);
    private static readonly Dictionary<string, Figures> _rivals = new()
    {
        ["SQL"] = new Figures(30, 0, P50: 4, P99: 4, Extra: null),
        ["Redis"] = new Figures(180, 0, P50: 1, P99: 1, Extra: null),
    };

    [Fact]
    public void All_goals_reached_is_met()
    {
        var result = Of(
            Goal.Times("SQL", 3), Goal.TimesAtMost("Redis", 0.5), Goal.P50("SQL", 0.5), Goal.P99("SQL", 1.25), Goal.AtLeast("calls", 90),
            Goal.AtMost("bytes", 90), Goal.ExtraAtLeast("HOT share", 0.95), Goal.ExtraAtMost("share", 0.96), Goal.Told("nobody"));
        Assert.True(result.Met);
        Assert.Equal(3, result.Ratios["× SQL"]);
        Assert.Equal(0.5, result.Ratios["p50 × SQL"]);
        Assert.Equal(1.25, result.Ratios["p99 × SQL"]);
        Assert.Equal(0.96, result.Ratios["HOT share"]);
    }

    [Fact]
    public void Each_goal_that_is_missed_is_enough_to_miss()
    {
        Goal[] missed =
        [
            Goal.Times("SQL", 3.01), Goal.TimesAtMost("Redis", 0.49), Goal.P50("SQL", 0.49), Goal.P99("SQL", 1.24),
            Goal.AtLeast("calls", 91),
            Goal.AtMost("bytes", 89), Goal.ExtraAtLeast("HOT share", 0.97), Goal.ExtraAtMost("share", 0.95),
        ];
        Assert.All(missed, goal => Assert.False(Of(Goal.P50("Redis", 2), goal, Goal.Times("PgBouncer", 1)).Met));
    }

    [Fact]
    public void A_rival_that_does_not_take_part_leaves_it_open()
    {
        var result = Of(Goal.Times("SQL", 3), Goal.Times("PgBouncer", 1));
        Assert.Null(result.Met);
        Assert.DoesNotContain("× PgBouncer", result.Ratios.Keys);
        Assert.Equal("× SQL ≥ 3; × PgBouncer ≥ 1", result.Target);
    }

    [Fact]
    public void What_is_only_told_is_no_target()
    {
        var result = Of(Goal.Told("SQL"), Goal.ExtraTold("share"));
        Assert.True(result.Met);
        Assert.Equal("", result.Target);
        Assert.Equal(["× SQL", "share"], result.Ratios.Keys);
    }

    private static CaseResult Of(params Goal[] goals) => CaseResult.Of("case", "calls/s", _own, _rivals, goals);
}
