using QLearning.Bench.Chaos;

namespace QLearning.Chaos.Tests;

/// <summary>The check of faults finds every loss and every double count, and nothing else: a store that is wrong must fail it.</summary>
public class CheckerTests
{
    private const string Type = "test-generator";
    private static readonly string _key = KeyText.Of(Type, "s");
    private static readonly Promise _strict = new(KeepsNotDurable: true, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(1.1));
    private static readonly Promise _plain = _strict with { KeepsNotDurable = false };

    [Fact]
    public void A_store_with_everything_passes()
    {
        var verdict = Check(_strict, 3, [Acknowledged(CallKind.WriteBehind), Acknowledged(CallKind.Durable, count: 2)]);
        Assert.Equal((3, 0, 0), (verdict.Acknowledged, verdict.Lost, verdict.Doubled));
        Assert.Empty(verdict.Findings);
    }

    [Theory]
    [InlineData(2, 1, 0)]
    [InlineData(0, 3, 0)]
    [InlineData(4, 0, 1)]
    [InlineData(6, 0, 3)]
    public void A_store_that_drops_or_doubles_fails(long stored, long lost, long doubled)
    {
        var verdict = Check(_strict, stored, [Acknowledged(CallKind.WriteBehind), Acknowledged(CallKind.Durable, count: 2)]);
        Assert.Equal((lost, doubled), (verdict.Lost, verdict.Doubled));
        Assert.Contains(_key, verdict.Findings[0], StringComparison.Ordinal);
    }

    [Fact]
    public void A_loss_is_not_hidden_by_a_double_count_elsewhere()
    {
        var other = KeyText.Of(Type, "t");
        Call[] calls = [Acknowledged(CallKind.Durable), Acknowledged(CallKind.Durable, key: other)];
        var verdict = new DurabilityChecker().Check(calls, _strict, Stored((_key, 0), (other, 2)));
        Assert.Equal((1, 1), (verdict.Lost, verdict.Doubled));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void An_unanswered_update_may_be_there_or_not(long stored)
    {
        var verdict = Check(_strict, stored, [new Call(_key, CallKind.Durable, 1, TimeSpan.Zero)]);
        Assert.Equal((0, 0), (verdict.Lost, verdict.Doubled));
    }

    [Fact]
    public void A_refused_update_must_not_be_there()
    {
        var refused = new Call(_key, CallKind.Durable, 1, TimeSpan.Zero);
        refused.End(CallOutcome.Refused, TimeSpan.FromSeconds(1));
        Assert.Equal(1, Check(_strict, 1, [refused]).Doubled);
    }

    [Fact]
    public void A_wrong_update_must_not_be_there_although_nobody_knows_how_it_ended()
    {
        var wrong = new Call(_key, CallKind.Durable, 1, TimeSpan.Zero) { MustBeRefused = true };
        Assert.Equal(1, Check(_strict, 1, [wrong]).Doubled);
    }

    [Theory]
    [InlineData(nameof(CallKind.Durable), 9.9, 1)]
    [InlineData(nameof(CallKind.WriteBehind), 8.8, 1)]
    [InlineData(nameof(CallKind.WriteBehind), 9.0, 0)]
    public void Without_resending_only_young_write_behind_updates_may_be_lost(string kind, double ended, long lost) =>
        Assert.Equal(lost, Check(_plain, 0, [Acknowledged(Enum.Parse<CallKind>(kind), sent: 8, ended: ended)]).Lost);

    [Fact]
    public void What_is_acknowledged_after_the_fault_must_be_there() =>
        Assert.Equal(1, Check(_plain, 0, [Acknowledged(CallKind.WriteBehind, sent: 10.1, ended: 10.2)]).Lost);

    [Theory]
    [InlineData(0, 1, 0)]
    [InlineData(1, 0, 0)]
    [InlineData(2, 0, 1)]
    public void Trajectories_must_be_there_once(int times, long lost, long doubled)
    {
        var stored = new Stored(new Dictionary<string, long>(), [.. Enumerable.Repeat("t1", times)], new Dictionary<string, long>());
        var verdict = new DurabilityChecker().Check([Acknowledged(CallKind.Trajectory, key: "t1")], _plain, stored);
        Assert.Equal((lost, doubled), (verdict.Lost, verdict.Doubled));
    }

    [Fact]
    public void Rows_that_nobody_sent_are_found() => Assert.Equal(2, Check(_strict, 2, []).Doubled);

    [Fact]
    public void A_grain_that_counts_differently_is_found()
    {
        var stored = Stored((_key, 1)) with { HotVisits = new Dictionary<string, long> { [Type] = 3 } };
        var verdict = new DurabilityChecker().Check([Acknowledged(CallKind.Durable)], _strict, stored);
        Assert.Equal((2, 0), (verdict.Lost, verdict.Doubled));
    }

    [Fact]
    public void Rounds_build_on_each_other_and_a_loss_counts_once()
    {
        var checker = new DurabilityChecker();
        Assert.Equal(1, checker.Check([Acknowledged(CallKind.Durable, count: 5)], _strict, Stored((_key, 4))).Lost);
        Assert.Equal(0, checker.Check([Acknowledged(CallKind.Durable, count: 2)], _strict, Stored((_key, 6))).Lost);
        Assert.Equal(1, checker.Check([], _strict, Stored((_key, 5))).Lost);
    }

    [Theory]
    [InlineData(0, 1, 0)]
    [InlineData(1, 0, 0)]
    [InlineData(2, 0, 1)]
    public void Rows_of_late_rewards_must_be_there_once(int times, long lost, long doubled)
    {
        var stored = Stored() with { Rewards = [.. Enumerable.Repeat("r1", times)] };
        var verdict = new DurabilityChecker().Check([Acknowledged(CallKind.Reward, key: "r1")], _plain, stored);
        Assert.Equal((lost, doubled), (verdict.Lost, verdict.Doubled));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 0)]
    [InlineData(7, 0)]
    public void A_state_that_SQL_programs_write_too_must_only_be_there(long stored, long lost)
    {
        var verdict = Check(_strict, stored, [Acknowledged(CallKind.Shared), Acknowledged(CallKind.Shared)]);
        Assert.Equal((lost, 0), (verdict.Lost, verdict.Doubled));
    }

    [Fact]
    public void What_has_no_outcome_may_take_effect_in_a_later_round_but_only_once()
    {
        var checker = new DurabilityChecker();
        Assert.Equal(0, checker.Check([new Call(_key, CallKind.Durable, 1, TimeSpan.Zero)], _strict, Stored((_key, 0))).Doubled);
        Assert.Equal(0, checker.Check([], _strict, Stored((_key, 1))).Doubled);
        Assert.Equal(1, checker.Check([], _strict, Stored((_key, 2))).Doubled);
    }

    [Fact]
    public void Roads_are_judged_one_by_one()
    {
        var other = KeyText.Of(Type, "t");
        Call[] calls = [Acknowledged(CallKind.Durable, road: "a"), Acknowledged(CallKind.WriteBehind, key: other, road: "b")];
        var roads = new DurabilityChecker().Check(calls, _strict, Stored((_key, 0), (other, 2))).Roads;
        Assert.Equal([new RoadVerdict("a", 1, 0, 0, 1, 0), new RoadVerdict("b", 1, 0, 0, 0, 1)], roads);
    }

    private static Verdict Check(Promise promise, long stored, Call[] calls) =>
        new DurabilityChecker().Check(calls, promise, Stored((_key, stored)));

    private static Stored Stored(params (string Key, long Visits)[] rows) =>
        new(rows.ToDictionary(row => row.Key, row => row.Visits), [], new Dictionary<string, long>());

    private static Call Acknowledged(CallKind kind, int count = 1, string? key = null, double sent = 1, double ended = 2, string road = "-")
    {
        var call = new Call(key ?? _key, kind, count, TimeSpan.FromSeconds(sent)) { Road = road };
        call.End(CallOutcome.Acknowledged, TimeSpan.FromSeconds(ended));
        return call;
    }
}
