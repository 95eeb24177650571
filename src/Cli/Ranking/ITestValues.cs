using QLearning.Abstractions;

namespace QLearning.Cli.Ranking;

/// <summary>Where the Q-values come from that tests are ranked by.</summary>
internal interface ITestValues
{
    /// <summary>α of those who learned them.</summary>
    double LearningRate { get; }

    /// <summary>Hears how a test ended, in its views.</summary>
    void Learn(IReadOnlyList<State> views, bool failed);

    /// <summary>The Q-value of running a test in each of some states; null where nothing was learned.</summary>
    Task<IReadOnlyDictionary<StateKey, QValue?>> ReadAsync(IReadOnlyCollection<StateKey> states, CancellationToken cancellationToken);
}
