using QLearning.Client;

namespace QLearning.Cli.Demo;

/// <summary>
/// One agent: asks the cluster what to do, does it in its made-up world, reports what it earned, and records which pattern it used.
/// </summary>
internal sealed class DemoAgent(DemoAgentType type, DemoFleet fleet, AgentClient agent, DemoProgress progress, int seed)
{
    private const int MostSteps = 10;

    private readonly Random _random = new(seed);

    public async Task RunAsync(CancellationToken stopping)
    {
        await agent.JoinSessionAsync(fleet.Session.Id, CancellationToken.None);
        // At least one: on a busy machine a short demo may be over before all have joined.
        do
        {
            await RunEpisodeAsync();
        }
        while (!stopping.IsCancellationRequested);

        await agent.LeaveSessionAsync(CancellationToken.None);
    }

    private async Task RunEpisodeAsync()
    {
        var state = _random.Next(type.States.Length);
        var pattern = fleet.Patterns[_random.Next(fleet.Patterns.Count)];
        var total = 0.0;
        for (var (step, isLast) = (1, false); !isLast; step++)
        {
            var selected = await agent.SelectActionAsync(type.States[state], type.Actions);
            var action = Array.FindIndex(type.Actions, candidate => candidate.Key == selected.Action.Key);
            var next = _random.Next(type.States.Length);
            var (reward, goesOn) = type.Try(state, action, _random);
            total += reward;
            var isCut = goesOn && step == MostSteps;
            isLast = !goesOn || isCut;
            await agent.ObserveAsync(new AgentOutcome
            {
                Reward = reward,
                NextState = type.States[next],
                Done = !goesOn,
                Truncated = isCut,
                Success = goesOn,
                ErrorMessage = goesOn ? null : "spoilt the task",
                RewardSource = "demo",
                PatternsUsed = isLast ? [pattern.Id] : [],
            });
            progress.Add(type.IsBest(state, action));
            state = next;
        }

        progress.AddEpisode();
        await fleet.Library.RecordUseAsync(pattern.Id, total > 0, total);
    }
}
