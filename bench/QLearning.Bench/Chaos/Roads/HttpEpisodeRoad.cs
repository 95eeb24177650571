using System.Globalization;
using System.Text.Json;

namespace QLearning.Bench.Chaos.Roads;

/// <summary>
/// Agents with episodes over HTTP, of one agent type with Q-learning and of one with SARSA: each request may go to another silo, and an
/// episode that went with its silo is brought back.
/// </summary>
internal sealed class HttpEpisodeRoad : IRoad
{
    private const string QLearning = "flaky-test-hunter";
    private const string Sarsa = "visual-tester";
    private const int Agents = 8;
    private const int Length = 5;

    private static readonly string[] _actions = ["left", "right"];
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(20);

    public IReadOnlyList<(string AgentType, string Settings)> AgentTypes { get; } =
        [(QLearning, """{"partitions": 2}"""), (Sarsa, """{"learningRule": "sarsa"}""")];

    public Task RunAsync(RoadScene scene, CancellationToken stopping) => Task.WhenAll(Enumerable.Range(0, Agents).Select(async agent =>
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"http-{agent}");
        using var http = new HttpCaller(scene, scene.RandomOf(1000 + agent));
        while (!stopping.IsCancellationRequested)
        {
            await new Episode(scene, http, agent % 2 == 0 ? QLearning : Sarsa, name).RunAsync();
            await scene.PauseAsync(_pause, stopping);
        }
    }));

    private sealed class Episode(RoadScene scene, HttpCaller http, string agentType, string agent)
    {
        private readonly string _path = $"{agentType}/agents/{agent}/episodes/{Guid.CreateVersion7()}";
        private readonly string _task = $"{agent} {Guid.CreateVersion7()}";
        private readonly string _road = agentType == Sarsa ? "HTTP, episodes, SARSA" : "HTTP, episodes, Q-learning";
        private readonly DateTimeOffset _startedAt = scene.Time.GetUtcNow();
        private readonly List<object> _steps = [];

        public async Task RunAsync()
        {
            for (var step = 0; step < Length; step++)
            {
                var (state, nextState, isLast) = (StateOf(step), StateOf(step + 1), step == Length - 1);
                // SARSA learns a step when the next action is known.
                Call[] before = agentType == Sarsa && step > 0 ? [Learned(step - 1)] : [];
                var chosen = await http.SendAsync(
                    Step(step, "action"), new { state, candidates = _actions, taskId = _task }, before, () => RestoreAsync(null));
                if (chosen?.GetProperty("action").GetProperty("key").GetString() is not { } action)
                {
                    return;
                }

                Call[] now = isLast
                    ? [Learned(step), new Call(_task, CallKind.Trajectory, 1, scene.Book.Now) { Road = _road + ": ends" }]
                    : agentType == Sarsa ? [] : [Learned(step)];
                if (await http.SendAsync(
                    Step(step, "outcome"),
                    new { reward = 1, nextState, done = isLast },
                    now,
                    () => RestoreAsync(new { state, action })) is null)
                {
                    return;
                }

                _steps.Add(new { state, action, reward = 1, nextState });
            }
        }

        private Task<JsonElement?> RestoreAsync(object? acting) => http.SendAsync(
            $"{_path}/restore", new { taskId = _task, startedAt = _startedAt, steps = _steps, acting }, []);

        private string Step(int step, string what) => string.Create(CultureInfo.InvariantCulture, $"{_path}/steps/{step}/{what}");

        private string StateOf(int step) => string.Create(CultureInfo.InvariantCulture, $"{agent}-{step}");

        private Call Learned(int step) =>
            new(KeyText.Of(agentType, StateOf(step)), CallKind.Durable, 1, scene.Book.Now) { Road = _road };
    }
}
