using System.Diagnostics;
using QLearning.Abstractions;

namespace QLearning.Bench.Comparisons.Grains;

/// <inheritdoc cref="IInsideWriter" />
internal sealed class InsideWriter : Grain, IInsideWriter
{
    private const int States = Workload.States / 5;

    private static readonly QValueUpsert[] _upserts =
    [
        .. from state in Enumerable.Range(0, States)
           from action in Enumerable.Range(0, Workload.Actions)
           select new QValueUpsert(new State(Workload.Key(state)), Workload.Action(action), state + action),
    ];

    public async ValueTask<int> Write(string agentType, TimeSpan duration)
    {
        var type = GrainFactory.GetGrain<IAgentTypeGrain>(agentType);
        var began = Stopwatch.GetTimestamp();
        var client = Guid.NewGuid();
        var written = 0;
        while (Stopwatch.GetElapsedTime(began) < duration)
        {
            await type.Apply(new UpdateBatch
            {
                ClientId = client,
                SettledBelow = written + 1,
                Groups = [new UpdateGroup { Number = written + 1, Upserts = _upserts }],
                Mode = WriteMode.Durable,
            });
            written += _upserts.Length;
        }

        return written;
    }
}
