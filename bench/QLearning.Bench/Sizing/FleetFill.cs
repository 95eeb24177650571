using System.Globalization;
using QLearning.Abstractions;
using QLearning.Client;
using QLearning.Storage.Sizing;

namespace QLearning.Bench.Sizing;

/// <summary>
/// A fleet that works as the forecast assumes: two agents of each type, episodes of ten steps in sessions of ten, 200 states with five
/// actions, 50 patterns, the JSON that agents write.
/// </summary>
internal sealed class FleetFill(QLearningClient client, TimeProvider time)
{
    private const int Actions = 5;
    private const int States = StorageForecast.QValuesPerType / Actions;
    private const int Seed = 1;

    private static readonly AgentAction[] _actions =
        [.. Enumerable.Range(0, Actions).Select(number => AgentAction.Named($"strategy_number_{number}"))];

    public async Task RunAsync(int tasks, Action<string> progress, CancellationToken cancellationToken)
    {
        var types = (await client.GetAgentTypesAsync(cancellationToken)).Select(type => type.AgentType).ToList();
        progress($"{types.Count} agent types learn {tasks:N0} tasks.");
        var agents = (from type in types from number in Enumerable.Range(1, StorageForecast.AgentsPerType) select (type, number)).ToList();
        await Task.WhenAll(types.Select(type => StorePatternsAsync(type, cancellationToken)));
        await Task.WhenAll(types.Select(type => LearnAllStatesAsync(type, cancellationToken)));
        await Task.WhenAll(agents.Select(agent => WorkAsync(agent.type, agent.number, tasks / agents.Count, cancellationToken)));
        progress($"They were done at {time.GetUtcNow():HH:mm:ss}.");
    }

    private async Task StorePatternsAsync(string type, CancellationToken cancellationToken)
    {
        for (var number = 0; number < StorageForecast.PatternsPerType; number++)
        {
            await client.Patterns(type).StoreAsync(
                new NewPattern
                {
                    Name = string.Create(CultureInfo.InvariantCulture, $"pattern of {type} with the number {number}"),
                    Type = "strategy",
                    DataJson = $$"""{"order": ["branches", "lines"], "template": "given_when_then", "number": {{number}}}""",
                    TriggerConditionsJson = $$$"""{"coverage_gap": {"$gt": {{{number}}}}}""",
                },
                cancellationToken);
        }
    }

    // Each Q-value is learned some times, as in use: rows are replaced, and indexes have the room that this takes.
    private async Task LearnAllStatesAsync(string type, CancellationToken cancellationToken)
    {
        for (var round = 0; round < 3; round++)
        {
            var transitions = from state in Enumerable.Range(0, States)
                              from action in _actions
                              select new Transition { State = StateOf(state), Action = action, Reward = state % 10, Done = true };
            await client.AgentType(type).LearnAsync(transitions, WriteMode.Durable, cancellationToken);
        }
    }

    private async Task WorkAsync(string type, int number, int tasks, CancellationToken cancellationToken)
    {
        var agent = client.Agent(type, string.Create(CultureInfo.InvariantCulture, $"agent-{number}"));
        var random = new Random(Seed + number);
        for (var task = 0; task < tasks; task++)
        {
            if (task % StorageForecast.TasksPerSession == 0)
            {
                await agent.BeginSessionAsync($"session {task}", cancellationToken: cancellationToken);
            }

            agent.BeginEpisode(string.Create(CultureInfo.InvariantCulture, $"task-{number}-{task}"));
            for (var step = 1; step <= StorageForecast.StepsPerTask; step++)
            {
                var state = StateOf(random.Next(States));
                await agent.SelectActionAsync(state, _actions, cancellationToken);
                await agent.ObserveAsync(
                    new AgentOutcome
                    {
                        Reward = random.Next(10),
                        NextState = StateOf(random.Next(States)),
                        Done = step == StorageForecast.StepsPerTask,
                    },
                    cancellationToken);
            }

            if (task % StorageForecast.TasksPerSession == StorageForecast.TasksPerSession - 1)
            {
                await agent.EndSessionAsync(cancellationToken: cancellationToken);
            }
        }
    }

    private static State StateOf(int number) => State.FromJson(
        $$"""{"coverage_gap": {{number % 20}}, "framework": "xunit", "complexity": {{number / 20}}, "files": {{number % 7}}}""");
}
