using QLearning.Abstractions;
using QLearning.Client;

namespace QLearning.Bench.Soak;

/// <summary>
/// One caller for each agent type, learning write-behind as fast as it is let: one call after another, and when the backlog is full a pause
/// as long as the error suggests. The states are many but limited, so that the Q-tables stop growing.
/// </summary>
internal sealed class SoakLoad(QLearningClient client, TimeProvider time, int states)
{
    private const int Batch = 20;
    private const int Actions = 5;
    private const int Seed = 11;

    private long _acknowledged;
    private long _refused;

    /// <summary>Updates that were acknowledged.</summary>
    public long Acknowledged => Volatile.Read(ref _acknowledged);

    /// <summary>Calls that were refused because the backlog was full.</summary>
    public long Refused => Volatile.Read(ref _refused);

    /// <summary>Learns until it is cancelled.</summary>
    public Task RunAsync(IEnumerable<string> agentTypes, CancellationToken cancellationToken) =>
        Task.WhenAll(agentTypes.Select((type, number) => LearnAsync(client.AgentType(type), new Random(Seed + number), cancellationToken)));

    private async Task LearnAsync(AgentTypeClient agentType, Random random, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await agentType.LearnAsync([.. Enumerable.Range(0, Batch).Select(_ => Step(random))], WriteMode.WriteBehind,
                    CancellationToken.None);
                Interlocked.Add(ref _acknowledged, Batch);
            }
            catch (WriteBacklogFullException full)
            {
                Interlocked.Increment(ref _refused);
                await Task.Delay(full.RetryAfter, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private Transition Step(Random random) => new()
    {
        State = State.FromKey($"state {random.Next(states)}"),
        Action = AgentAction.Named($"action {random.Next(Actions)}"),
        Reward = random.NextDouble(),
        Done = true,
    };
}
