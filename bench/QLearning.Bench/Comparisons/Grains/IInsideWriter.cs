namespace QLearning.Bench.Comparisons.Grains;

/// <summary>Code inside a silo that changes all Q-values of an agent type again and again, durably.</summary>
[Alias("QLearning.Bench.IInsideWriter")]
public interface IInsideWriter : IGrainWithIntegerKey
{
    /// <summary>Writes as often as it can.</summary>
    /// <param name="agentType">The agent type, which gets <see cref="Workload.Actions"/> Q-values in a fifth of the states of the
    /// workload.</param>
    /// <param name="duration">For how long.</param>
    /// <returns>How many Q-values became durable.</returns>
    [Alias("Write")]
    [ResponseTimeout("01:10:00")]
    ValueTask<int> Write(string agentType, TimeSpan duration);
}
