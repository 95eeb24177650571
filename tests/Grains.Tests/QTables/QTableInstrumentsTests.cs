using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Options;
using QLearning.Grains.QTables;
using QLearning.Grains.Telemetry;
using QLearning.Learning.QTables;

namespace QLearning.Grains.Tests.QTables;

/// <summary>How what owners count is collected.</summary>
public sealed class QTableInstrumentsTests : IDisposable
{
    private readonly OwnMeters _meters = new();
    private readonly QTable _table = new(new CoarseClock(TimeProvider.System), TimeSpan.FromDays(1));

    public void Dispose() => _meters.Dispose();

    [Fact]
    public void What_an_owner_counted_stays_counted_when_it_is_no_more()
    {
        var instruments = Create();
        using var reads = Collect("qlearning.best_actions");
        var (first, second) = (instruments.Begin("t", _table), instruments.Begin("t", _table));
        first.Counts.BestHits = 3;
        second.Counts.BestHits = 4;
        first.Dispose();
        first.Dispose();
        Assert.Equal(7, Read(reads, ("agent_type", "t"), ("result", "hit")));
        second.Dispose();
        Assert.Equal(7, Read(reads, ("agent_type", "t"), ("result", "hit")));
    }

    [Fact]
    public void Agent_types_beyond_the_limit_share_a_value()
    {
        var instruments = Create(maxAgentTypes: 1);
        using var reads = Collect("qlearning.best_actions");
        instruments.Begin("a", _table).Counts.BestMisses = 1;
        instruments.Begin("b", _table).Counts.BestMisses = 2;
        instruments.Begin("c", _table).Counts.BestMisses = 3;
        Assert.Equal(1, Read(reads, ("agent_type", "a"), ("result", "miss")));
        Assert.Equal(5, Read(reads, ("agent_type", "other"), ("result", "miss")));
    }

    [Fact]
    public void Updates_are_told_by_rule_and_mode_and_rewards_by_sign()
    {
        var instruments = Create();
        using var updates = Collect("qlearning.updates");
        using var rewards = new MetricCollector<double>(_meters, QLearningTelemetry.Name, "qlearning.rewards");
        var owner = instruments.Begin("t", _table);
        var group = new UpdateGroup { Number = 1, Transitions = [Transition(2), Transition(-3)] };
        owner.Learned(group, LearningRule.Sarsa, isDurable: true, [new(0, 1, 0.5), new(0, 1, 0.5)]);
        Assert.Equal(2, Read(updates, ("agent_type", "t"), ("rule", "sarsa"), ("mode", "durable")));
        rewards.RecordObservableInstruments();
        Assert.Equal(
            [("positive", 2.0), ("negative", 3.0)],
            rewards.GetMeasurementSnapshot().Select(one => ((string)one.Tags["sign"]!, one.Value)));
    }

    [Fact]
    public void Of_errors_one_in_sixteen_is_noted_the_first_included()
    {
        var instruments = Create();
        using var errors = new MetricCollector<double>(_meters, QLearningTelemetry.Name, "qlearning.td_error");
        var owner = instruments.Begin("t", _table);
        for (var i = 0; i < 17; i++)
        {
            owner.Learned(
                new UpdateGroup { Number = i + 1, Transitions = [Transition(1)] }, LearningRule.QLearning, false, [new(0, 1, -i)]);
        }

        Assert.Equal([0.0, 16.0], errors.GetMeasurementSnapshot().Select(one => one.Value));
    }

    private static Transition Transition(double reward) =>
        new() { State = State.FromKey("s"), Action = AgentAction.Named("a"), Reward = reward, Done = true };

    private static long Read(MetricCollector<long> collector, params (string Name, string Value)[] tags)
    {
        collector.Clear();
        collector.RecordObservableInstruments();
        return collector.GetMeasurementSnapshot().Single(one => tags.All(tag => (string)one.Tags[tag.Name]! == tag.Value)).Value;
    }

    private QTableInstruments Create(int maxAgentTypes = 10) =>
        new(_meters, new AgentTypeTags(Options.Create(new TelemetryOptions { MaxAgentTypes = maxAgentTypes })));

    private MetricCollector<long> Collect(string name) => new(_meters, QLearningTelemetry.Name, name);
}
