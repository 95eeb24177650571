using System.Globalization;
using QLearning.Abstractions;
using QLearning.Client;

namespace QLearning.Bench.Chaos.Roads;

/// <summary>
/// Updates one by one and few at a time, write-behind and durable, and trajectories. Its agent types are those that faults look at.
/// </summary>
internal sealed class PlainRoad : IRoad
{
    private const int CallersPerType = 4;
    private const int StatesPerCaller = 25;
    private const int BatchSize = 5;

    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(10);

    /// <summary>The last one has its Q-table split over three grains.</summary>
    public static IReadOnlyList<string> Types { get; } = ["test-generator", "coverage-analyzer", "quality-gate", "test-executor"];

    public IReadOnlyList<(string AgentType, string Settings)> AgentTypes { get; } =
        [.. Types.Select(type => (type, type == Types[^1] ? """{"partitions": 3}""" : "{}"))];

    // Two callers of each type on each client.
    public Task RunAsync(RoadScene scene, CancellationToken stopping) =>
        Task.WhenAll(Enumerable.Range(0, Types.Count * CallersPerType).Select(
            caller => WorkAsync(scene, scene.Clients[caller / 2 % scene.Clients.Count], caller, stopping)));

    private static async Task WorkAsync(RoadScene scene, QLearningClient client, int caller, CancellationToken stopping)
    {
        var agentType = Types[caller / CallersPerType];
        var type = client.AgentType(agentType);
        var random = scene.RandomOf(caller);
        while (!stopping.IsCancellationRequested)
        {
            var state = string.Create(CultureInfo.InvariantCulture, $"c{caller}-{random.Next(StatesPerCaller)}");
            // Who waits for durability waits for PostgreSQL: the others must go on without it, so they never do.
            var isDurable = caller % CallersPerType == 0;
            await (random.Next(8) switch
            {
                0 when isDurable => RecordAsync(scene, type, agentType),
                0 => LearnAsync(scene, type, KeyText.Of(agentType, state), state, WriteMode.WriteBehind, BatchSize),
                _ => LearnAsync(scene, type, KeyText.Of(agentType, state), state, isDurable ? WriteMode.Durable : WriteMode.WriteBehind, 1),
            });
            await scene.PauseAsync(_pause, stopping);
        }
    }

    private static Task<bool> LearnAsync(RoadScene scene, AgentTypeClient type, string key, string state, WriteMode mode, int count)
    {
        var isDurable = mode == WriteMode.Durable;
        var call = new Call(key, isDurable ? CallKind.Durable : CallKind.WriteBehind, count, scene.Book.Now)
        {
            Road = isDurable ? "plain, durable" : "plain, write-behind",
        };
        var step = Steps.Last(state);
        return scene.Book.CallAsync(
            [call], () => count == 1 ? type.LearnAsync(step, mode) : type.LearnAsync(Enumerable.Repeat(step, count), mode));
    }

    private static Task<bool> RecordAsync(RoadScene scene, AgentTypeClient type, string agentType)
    {
        var id = Guid.CreateVersion7();
        var trajectory = new Trajectory
        {
            Id = id,
            TaskId = $"{agentType} {id}",
            Steps = [new TrajectoryStep(State.FromKey("begin"), Steps.Act, 1)],
            FinalState = State.FromKey("end"),
            Success = true,
            StartedAt = scene.Time.GetUtcNow(),
        };
        var call = new Call(trajectory.TaskId, CallKind.Trajectory, 1, scene.Book.Now) { Road = "trajectories" };
        return scene.Book.CallAsync([call], () => type.RecordTrajectoriesAsync([trajectory]));
    }
}
