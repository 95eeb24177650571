using System.Collections.Concurrent;
using System.Globalization;
using QLearning.Abstractions;
using QLearning.Client;

namespace QLearning.Bench.Chaos;

/// <summary>Clients at work, which keep book of every call: what was sent, and what they were told.</summary>
internal sealed class ChaosLoad : IAsyncDisposable
{
    private const int Clients = 2;
    private const int CallersPerType = 4;
    private const int StatesPerCaller = 25;
    private const int BatchSize = 5;

    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan _settleTimeout = TimeSpan.FromSeconds(60);

    private readonly List<QLearningClient> _clients = [];
    private readonly ConcurrentQueue<Call> _calls = new();
    private readonly TimeProvider _time;
    private readonly long _begin;
    private CancellationTokenSource? _stopping;
    private Task _working = Task.CompletedTask;
    private int _round;

    private ChaosLoad(TimeProvider time) => (_time, _begin) = (time, time.GetTimestamp());

    /// <summary>The agent types that learn.</summary>
    public static IReadOnlyList<string> AgentTypes { get; } = ["test-generator", "coverage-analyzer", "quality-gate", "test-executor"];

    /// <summary>The time since the begin of the run.</summary>
    public TimeSpan Now => _time.GetElapsedTime(_begin);

    /// <summary>A client to ask with.</summary>
    public QLearningClient Client => _clients[0];

    /// <summary>Connects the clients.</summary>
    /// <param name="connectionString">The cluster's database.</param>
    /// <param name="resendsUndurable">Whether clients send again what was lost with a silo.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public static async Task<ChaosLoad> ConnectAsync(
        string connectionString, bool resendsUndurable, TimeProvider time, CancellationToken cancellationToken)
    {
        var load = new ChaosLoad(time);
        for (var i = 0; i < Clients; i++)
        {
            load._clients.Add(await QLearningClient.ConnectAsync(
                connectionString, options => options.ResendUndurable = resendsUndurable, cancellationToken));
        }

        return load;
    }

    /// <summary>Begins to work.</summary>
    public void Start(CancellationToken cancellationToken)
    {
        _round++;
        _stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var callers = from type in AgentTypes.Index() from caller in Enumerable.Range(0, CallersPerType) select (type.Index, type.Item, caller);
        _working = Task.WhenAll(callers.Select(one => WorkAsync(one.Item, (one.Index * CallersPerType) + one.caller, _stopping.Token)));
    }

    /// <summary>Ends the work, waits until all of it is settled and stored, and gives the calls of the round.</summary>
    /// <exception cref="QLearningException">It was not settled in a minute.</exception>
    public async Task<IReadOnlyCollection<Call>> StopAsync(CancellationToken cancellationToken)
    {
        await _stopping!.CancelAsync();
        await _working;
        _stopping.Dispose();
        var began = _time.GetTimestamp();
        while (_clients.Any(client => AgentTypes.Any(type => client.AgentType(type).UndurableCount > 0)))
        {
            if (_time.GetElapsedTime(began) > _settleTimeout)
            {
                throw new ClusterUnavailableException("Clients still hold updates that are not durable a minute after the load has ended.");
            }

            await Task.Delay(_pause, _time, cancellationToken);
        }

        foreach (var type in AgentTypes)
        {
            await Client.AgentType(type).FlushAsync(cancellationToken);
        }

        var calls = _calls.ToArray();
        _calls.Clear();
        return calls;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients)
        {
            await client.DisposeAsync();
        }
    }

    private async Task WorkAsync(string agentType, int caller, CancellationToken stopping)
    {
        var type = _clients[caller / 2 % Clients].AgentType(agentType);
        var random = new Random((_round * 1000) + caller);
        while (!stopping.IsCancellationRequested)
        {
            var state = string.Create(CultureInfo.InvariantCulture, $"c{caller}-{random.Next(StatesPerCaller)}");
            // Who waits for durability waits for PostgreSQL: the others must go on without it, so they never do.
            var isDurable = caller % CallersPerType == 0;
            await (random.Next(8) switch
            {
                0 when isDurable => RecordAsync(type, agentType),
                0 => LearnAsync(type, agentType, state, WriteMode.WriteBehind, BatchSize),
                _ => LearnAsync(type, agentType, state, isDurable ? WriteMode.Durable : WriteMode.WriteBehind, 1),
            });
            await Task.Delay(_pause, _time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private Task LearnAsync(AgentTypeClient type, string agentType, string state, WriteMode mode, int count)
    {
        var kind = mode == WriteMode.Durable ? CallKind.Durable : CallKind.WriteBehind;
        var step = new Transition { State = State.FromKey(state), Action = AgentAction.Named("act"), Reward = 1, Done = true };
        return CallAsync(
            new Call(KeyText.Of(agentType, state), kind, count, Now),
            () => count == 1 ? type.LearnAsync(step, mode) : type.LearnAsync(Enumerable.Repeat(step, count), mode));
    }

    private Task RecordAsync(AgentTypeClient type, string agentType)
    {
        var trajectory = new Trajectory
        {
            Id = Guid.CreateVersion7(),
            TaskId = agentType,
            Steps = [new TrajectoryStep(State.FromKey("begin"), AgentAction.Named("act"), 1)],
            FinalState = State.FromKey("end"),
            Success = true,
            StartedAt = _time.GetUtcNow(),
        };
        return CallAsync(
            new Call(trajectory.Id.ToString(), CallKind.Trajectory, 1, Now), () => type.RecordTrajectoriesAsync([trajectory]));
    }

    private async Task CallAsync(Call call, Func<Task> send)
    {
        _calls.Enqueue(call);
        try
        {
            await send();
            call.End(CallOutcome.Acknowledged, Now);
        }
        catch (Exception error) when (error is WriteBacklogFullException or InvalidInputException)
        {
            call.End(CallOutcome.Refused, Now, error.Message);
        }
        catch (QLearningException error)
        {
            call.End(CallOutcome.Unknown, Now, error.Message);
        }
    }
}
