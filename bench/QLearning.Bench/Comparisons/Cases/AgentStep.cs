using System.Globalization;
using QLearning.Abstractions;
using QLearning.Client;

namespace QLearning.Bench.Comparisons.Cases;

/// <summary>
/// The README's way in: agents that select an action and observe what came of it, in episodes of 10 steps. At an episode's end its
/// trajectory and what was learned are durable, so it is judged by how many trajectories can be stored; a lone agent's step inside an
/// episode by a best action, since both only wait for a silo's memory.
/// </summary>
internal sealed class AgentStep : IComparison
{
    private const int Agents = 72;
    private const string Trajectory = "trajectory";
    private const string LoneStep = "lone agent, select + observe";
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
                // One step in ten ends the episode: half of all steps tells what a step inside it takes.
                one.Contender(LoneStep, (_, random) => StepAsync(lone, random, ++steps % Trajectories.Steps == 0)),
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
        for (var step = 1; step <= Trajectories.Steps; step++)
        {
            await StepAsync(agent, random, step == Trajectories.Steps);
        }
    }

    private static async Task StepAsync(AgentClient agent, Random random, bool done)
    {
        await agent.SelectActionAsync(new State(Workload.AnyKey(random)), cancellationToken: CancellationToken.None);
        await agent.ObserveAsync(random.NextDouble(), new State(Workload.AnyKey(random)), done, cancellationToken: CancellationToken.None);
    }
}
