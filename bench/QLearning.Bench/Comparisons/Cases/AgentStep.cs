using System.Globalization;
using QLearning.Abstractions;
using QLearning.Client;

namespace QLearning.Bench.Comparisons.Cases;

/// <summary>
/// The README's way in: agents that report what came of an action and choose the next one, in episodes of 10 steps. At an episode's end its
/// trajectory and what was learned are durable, so it is judged by how many trajectories can be stored; a lone agent's step inside an
/// episode by a best action, since both only wait for a silo's memory.
/// </summary>
internal sealed class AgentStep : IComparison
{
    private const int Agents = 72;
    private const string Trajectory = "trajectory";
    private const string Apart = "select and observe apart";
    private const string LoneStep = "lone agent, observe + select";
    private const string LoneBest = "lone best action";

    public string Name => "agent-step";

    public string Description =>
        "Episodes of 10 steps by 72 agents that select and observe, against trajectories stored; a lone agent's step against best action.";

    public async Task<Contest> PrepareAsync(Surroundings surroundings, CancellationToken cancellationToken)
    {
        var type = surroundings.Client.AgentType(Workload.AgentType);
        await Workload.FillAsync(type, cancellationToken);
        AgentClient[] agents = [.. Enumerable.Range(0, Agents).Select(i =>
            Agent(surroundings, string.Create(CultureInfo.InvariantCulture, $"bench-{i}")))];
        var lone = Agent(surroundings, "bench-lone");
        var (all, one) = (surroundings.Callers with { Count = Agents }, surroundings.Callers with { Count = 1 });
        var steps = 0;
        return new Contest(
            "episodes/s",
            all.Contender("client", (caller, random) => EpisodeAsync(agents[caller], random)),
            [
                Trajectories.OnePerCall(all, Trajectory, type),
                all.Contender(Apart, (caller, random) => ApartAsync(agents[caller], random)),
                // One step in ten ends the episode: half of all steps tells what a step inside it takes.
                one.Contender(LoneStep, (_, random) => StepAsync(lone, random, steps++ % Trajectories.Steps)),
                SelectAction.BestOf(one, LoneBest, type),
            ],
            [
                Goal.Times(Trajectory, 0.7),
                Goal.P99Told(Trajectory),
                new Goal($"p50 {LoneStep} × {LoneBest}", 3, false, (_, rivals) => rivals[LoneStep].P50 / rivals[LoneBest].P50),
            ]);
    }

    private static AgentClient Agent(Surroundings surroundings, string name) => surroundings.Client.Agent(Workload.AgentType, name);

    private static async Task EpisodeAsync(AgentClient agent, Random random)
    {
        for (var step = 0; step < Trajectories.Steps; step++)
        {
            await StepAsync(agent, random, step);
        }
    }

    /// <summary>A step: the first of an episode chooses first, and the last ends it.</summary>
    private static async Task StepAsync(AgentClient agent, Random random, int step)
    {
        if (step == 0)
        {
            await agent.SelectActionAsync(new State(Workload.AnyKey(random)), cancellationToken: CancellationToken.None);
        }

        var outcome = new AgentOutcome
        {
            Reward = random.NextDouble(),
            NextState = new State(Workload.AnyKey(random)),
            Done = step == Trajectories.Steps - 1,
        };
        await agent.ObserveAndSelectAsync(outcome, cancellationToken: CancellationToken.None);
    }

    private static async Task ApartAsync(AgentClient agent, Random random)
    {
        for (var step = 1; step <= Trajectories.Steps; step++)
        {
            await agent.SelectActionAsync(new State(Workload.AnyKey(random)), cancellationToken: CancellationToken.None);
            await agent.ObserveAsync(
                random.NextDouble(),
                new State(Workload.AnyKey(random)),
                done: step == Trajectories.Steps,
                cancellationToken: CancellationToken.None);
        }
    }
}
