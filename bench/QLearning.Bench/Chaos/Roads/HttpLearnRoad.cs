using System.Globalization;

namespace QLearning.Bench.Chaos.Roads;

/// <summary>Updates one by one and some at a time, and trajectories, over HTTP. Its agent types are those that faults look at.</summary>
internal sealed class HttpLearnRoad : IRoad
{
    private const int CallersPerType = 2;
    private const int StatesPerCaller = 25;
    private const int BatchSize = 20;

    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(10);

    public IReadOnlyList<(string AgentType, string Settings)> AgentTypes => new PlainRoad().AgentTypes;

    public Task RunAsync(RoadScene scene, CancellationToken stopping) =>
        Task.WhenAll(Enumerable.Range(0, PlainRoad.Types.Count * CallersPerType).Select(caller => WorkAsync(scene, caller, stopping)));

    private static async Task WorkAsync(RoadScene scene, int caller, CancellationToken stopping)
    {
        var agentType = PlainRoad.Types[caller / CallersPerType];
        var random = scene.RandomOf(caller);
        using var http = new HttpCaller(scene, random);
        while (!stopping.IsCancellationRequested)
        {
            var state = string.Create(CultureInfo.InvariantCulture, $"h{caller}-{random.Next(StatesPerCaller)}");
            await (random.Next(8) switch
            {
                0 => RecordAsync(scene, http, agentType),
                1 => http.SendAsync(
                    $"{agentType}/learn-many",
                    new { transitions = Enumerable.Repeat(Step(state), BatchSize) },
                    [Learned(scene, agentType, state, BatchSize, "HTTP, many")]),
                _ => http.SendAsync($"{agentType}/learn", Step(state), [Learned(scene, agentType, state, 1, "HTTP, one")]),
            });
            await scene.PauseAsync(_pause, stopping);
        }
    }

    private static object Step(string state) => new { state, action = "act", reward = 1, done = true };

    // With a key a request is answered when it is durable.
    private static Call Learned(RoadScene scene, string agentType, string state, int count, string road) =>
        new(KeyText.Of(agentType, state), CallKind.Durable, count, scene.Book.Now) { Road = road };

    private static async Task RecordAsync(RoadScene scene, HttpCaller http, string agentType)
    {
        var taskId = $"{agentType} {Guid.CreateVersion7()}";
        var trajectory = new
        {
            taskId,
            steps = new[] { new { state = "begin", action = "act", reward = 1 } },
            finalState = "end",
            success = true,
            startedAt = scene.Time.GetUtcNow(),
        };
        await http.SendAsync(
            $"{agentType}/trajectories",
            new { trajectories = new[] { trajectory } },
            [new Call(taskId, CallKind.Trajectory, 1, scene.Book.Now) { Road = "HTTP, trajectories" }]);
    }
}
