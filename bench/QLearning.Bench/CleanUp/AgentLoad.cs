using QLearning.Abstractions;
using QLearning.Bench.Load;
using QLearning.Client;

namespace QLearning.Bench.CleanUp;

/// <summary>
/// Agents at work, one of each agent type: each asks for best actions, learns, and learns with the durable write mode, side by side and at
/// a steady pace.
/// </summary>
internal sealed class AgentLoad(QLearningClient client, TimeProvider time, Phases phases)
{
    private const int States = 1000;
    private const int Actions = 5;
    private const int Seed = 7;

    private static readonly TimeSpan _readInterval = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan _learnInterval = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan _durableInterval = TimeSpan.FromMilliseconds(100);

    private readonly CallTimes _reads = new("best action");
    private readonly CallTimes _learns = new("learn");
    private readonly CallTimes _durable = new("learn, durable");

    /// <summary>How long the calls took, by phase.</summary>
    public Report.Measurement[] Sum() =>
        [.. phases.Ended.SelectMany(phase => new[] { _reads, _learns, _durable }.Select(times => times.Sum(phase.Name, phase.Lasted)))];

    /// <summary>How many calls got no answer.</summary>
    public int Unanswered => _reads.Unanswered + _learns.Unanswered + _durable.Unanswered;

    /// <summary>Works until it is cancelled.</summary>
    /// <param name="agentTypes">The agents' types.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public Task RunAsync(IReadOnlyList<string> agentTypes, CancellationToken cancellationToken) =>
        Task.WhenAll(agentTypes.SelectMany((type, number) =>
    {
        var calls = client.AgentType(type);
        var share = number / (double)agentTypes.Count;
        var random = new Random(Seed + number);
        return new[]
        {
            new PacedCaller(time, _readInterval, phases, _reads)
                .RunAsync(
                    _readInterval * share, () => calls.GetBestActionAsync(State(random).Key, CancellationToken.None), cancellationToken),
            Learn(calls, _learns, WriteMode.WriteBehind, _learnInterval, share, Seed * (number + 1)),
            Learn(calls, _durable, WriteMode.Durable, _durableInterval, share, -Seed * (number + 1)),
        };

        Task Learn(AgentTypeClient agentType, CallTimes times, WriteMode mode, TimeSpan interval, double begin, int seed)
        {
            var own = new Random(seed);
            return new PacedCaller(time, interval, phases, times)
                .RunAsync(interval * begin, () => agentType.LearnAsync(Step(own), mode, CancellationToken.None), cancellationToken);
        }
    }));

    private static Transition Step(Random random) => new()
    {
        State = State(random),
        Action = AgentAction.Named($"action {random.Next(Actions)}"),
        Reward = random.NextDouble(),
        NextState = State(random),
    };

    private static State State(Random random) => Abstractions.State.FromKey($"state {random.Next(States)}");
}
