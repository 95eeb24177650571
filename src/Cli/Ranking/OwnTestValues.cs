using QLearning.Abstractions;
using QLearning.Cli.Replay;
using QLearning.Learning.QTables;
using QLearning.Learning.Rules;

namespace QLearning.Cli.Ranking;

/// <summary>Q-values that are learned here and now, by the rule that a grain learns by, without a cluster.</summary>
internal sealed class OwnTestValues : ITestValues, IDisposable
{
    // Longer than the process lives.
    private static readonly TimeSpan _timeToLive = TimeSpan.FromDays(30);

    private readonly CoarseClock _clock;
    private readonly QTable _table;
    private readonly Learner _learner;

    public OwnTestValues(TimeProvider time)
    {
        var type = new AgentTypeInfo { AgentType = ReplayAgent.AgentType, DisplayName = ReplayAgent.AgentType };
        LearningRate = type.LearningRate;
        _clock = new CoarseClock(time);
        _table = new QTable(_clock, _timeToLive) { IsWhole = true };
        _learner = new Learner(type);
    }

    public double LearningRate { get; }

    public void Learn(IReadOnlyList<State> views, bool failed)
    {
        foreach (var view in views)
        {
            _learner.Learn(_table, ReplayAgent.ToTransition(view, failed));
        }
    }

    public Task<IReadOnlyDictionary<StateKey, QValue?>> ReadAsync(
        IReadOnlyCollection<StateKey> states, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyDictionary<StateKey, QValue?>>(states.ToDictionary(state => state, Of));

    public void Dispose() => _clock.Dispose();

    private QValue? Of(StateKey state) => _table.TryGet(state, ReplayAgent.Run.Key, out var entry)
        ? new QValue(ReplayAgent.Run.Key, string.Empty, entry.QValue, entry.VisitCount, entry.Confidence, entry.Uncertainty)
        : null;
}
