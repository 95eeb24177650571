using System.Globalization;
using QLearning.Abstractions;
using QLearning.Client;

namespace QLearning.Bench.Chaos.Roads;

/// <summary>
/// Agents with episodes, of one agent type with Q-learning and of one with SARSA. A step that has no answer is reported again, as its docs
/// say;
/// an episode that gets none is given up.
/// </summary>
internal sealed class AgentRoad : IRoad
{
    /// <summary>The agent type with Q-learning, which is repartitioned meanwhile.</summary>
    public const string QLearning = "flaky-test-hunter";

    private const string Sarsa = "visual-tester";
    private const int Agents = 12;
    private const int Length = 5;
    private const int Tries = 6;

    private static readonly AgentAction[] _actions = [AgentAction.Named("left"), AgentAction.Named("right")];
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan _beforeRepeating = TimeSpan.FromMilliseconds(300);

    public IReadOnlyList<(string AgentType, string Settings)> AgentTypes { get; } =
        [(QLearning, """{"partitions": 2}"""), (Sarsa, """{"learningRule": "sarsa"}""")];

    public Task RunAsync(RoadScene scene, CancellationToken stopping) => scene.RunAsync(Agents, async (client, agent) =>
    {
        // Half of each client's agents are of either type.
        var agentType = agent / scene.Clients.Count % 2 == 0 ? QLearning : Sarsa;
        var name = string.Create(CultureInfo.InvariantCulture, $"agent-{agent}");
        var episodes = new Episodes(scene, client.Agent(agentType, name), agentType, name);
        while (!stopping.IsCancellationRequested)
        {
            await episodes.RunOneAsync();
            await scene.PauseAsync(_pause, stopping);
        }
    });

    private sealed class Episodes(RoadScene scene, AgentClient agent, string agentType, string name)
    {
        private readonly string _road = agentType == Sarsa ? "agents, SARSA" : "agents, Q-learning";
        private int _count;

        /// <summary>Every other episode tells its outcomes and asks for the next choice in one call.</summary>
        public Task RunOneAsync() => _count++ % 2 == 0 ? RunSeparatelyAsync() : RunCombinedAsync();

        private async Task RunCombinedAsync()
        {
            var task = $"{name} {Guid.CreateVersion7()}";
            agent.BeginEpisode(task);
            var isGoing = await RepeatAsync([], () => agent.SelectActionAsync(StateOf(0), _actions));
            for (var step = 0; step < Length && isGoing; step++)
            {
                var isLast = step == Length - 1;
                var outcome = new AgentOutcome { Reward = 1, NextState = StateOf(step + 1), Done = isLast };
                Call[] now = isLast
                    ? [Learned(step, CallKind.Durable), Ended(task)]
                    : [Learned(step, CallKind.WriteBehind)];
                isGoing = await RepeatAsync(now, () => agent.ObserveAndSelectAsync(outcome, _actions));
            }
        }

        private async Task RunSeparatelyAsync()
        {
            var task = $"{name} {Guid.CreateVersion7()}";
            agent.BeginEpisode(task);
            for (var step = 0; step < Length; step++)
            {
                var (state, next) = (StateOf(step), StateOf(step + 1));
                // SARSA learns a step when the next action is known.
                Call[] before = agentType == Sarsa && step > 0 ? [Learned(step - 1, CallKind.WriteBehind)] : [];
                if (!await RepeatAsync(before, () => agent.SelectActionAsync(state, _actions)))
                {
                    return;
                }

                var isLast = step == Length - 1;
                Call[] now = isLast
                    ? [Learned(step, CallKind.Durable), Ended(task)]
                    : agentType == Sarsa ? [] : [Learned(step, CallKind.WriteBehind)];
                if (!await RepeatAsync(now, () => agent.ObserveAsync(1, next, isLast)))
                {
                    return;
                }
            }
        }

        private Task<bool> RepeatAsync(Call[] calls, Func<Task> send) => scene.Book.RepeatAsync(calls, send, Tries, _beforeRepeating);

        private State StateOf(int step) => State.FromKey(string.Create(CultureInfo.InvariantCulture, $"{name}-{step}"));

        private Call Ended(string task) => new(task, CallKind.Trajectory, 1, scene.Book.Now) { Road = _road + ": episodes" };

        private Call Learned(int step, CallKind kind) =>
            new(KeyText.Of(agentType, StateOf(step).Key.ToString()), kind, 1, scene.Book.Now) { Road = _road };
    }
}
