using System.Globalization;
using System.Text.Json;
using QLearning.Abstractions;
using QLearning.Client;

namespace QLearning.Cli.Replay;

/// <summary>
/// Orders the tests of each cycle by what the cluster has learned, and reports what came of it: each test that ran is learned from, and
/// the cycle is stored as a trajectory with one step for each transition learned.
/// </summary>
internal sealed class ReplayAgent(AgentTypeClient client, double learningRate, string history, int seed, TimeProvider time)
{
    public const string AgentType = "regression-risk-analyzer";

    private static readonly AgentAction _run = AgentAction.Named("run_test_early");

    private readonly TestViews _views = new();
    private readonly Priority _priority = new(learningRate);
    private readonly Random _random = new(seed);

    /// <summary>Plays one cycle.</summary>
    public async Task<CycleOutcome> PlayAsync(CiCycle cycle, CancellationToken cancellationToken)
    {
        var began = time.GetUtcNow();
        State[][] views = [.. cycle.Tests.Select(_views.Of)];
        var outcome = cycle.Run(await OrderAsync(cycle, views, cancellationToken));
        TrajectoryStep[] steps =
        [
            .. from test in outcome.Executed
               from state in views[test.Index]
               select new TrajectoryStep(state, _run, test.Failed ? 1 : 0),
        ];
        foreach (var part in steps.Chunk(QLimits.MaxBatch))
        {
            await client.LearnAsync(part.Select(ToTransition), cancellationToken: cancellationToken);
            await client.RecordTrajectoriesAsync([ToTrajectory(cycle, outcome, part, began)], cancellationToken);
        }

        return outcome;
    }

    private static Transition ToTransition(TrajectoryStep step) =>
        new() { State = step.State, Action = step.Action, Reward = step.Reward, Done = true };

    /// <summary>All tests, the highest priority first; chance decides between equal ones.</summary>
    private async Task<int[]> OrderAsync(CiCycle cycle, State[][] views, CancellationToken cancellationToken)
    {
        var known = new Dictionary<StateKey, QValue?>();
        StateKey[] states = [.. views.SelectMany(view => view).Select(state => state.Key).Distinct()];
        foreach (var part in states.Chunk(QLimits.MaxBatch))
        {
            var values = await client.GetQValuesAsync(part, cancellationToken);
            for (var i = 0; i < part.Length; i++)
            {
                known[part[i]] = values[i].Select(value => (QValue?)value).FirstOrDefault(value => value!.Value.Action == _run.Key);
            }
        }

        var order = Enumerable.Range(0, views.Length).ToArray();
        _random.Shuffle(order);
        double[] priorities =
        [
            .. views.Select((view, i) => _priority.Of([.. view.Select(state => known[state.Key])], cycle.Tests[i].DurationMs)),
        ];
        return [.. order.OrderByDescending(index => priorities[index])];
    }

    private Trajectory ToTrajectory(CiCycle cycle, CycleOutcome outcome, TrajectoryStep[] steps, DateTimeOffset began) => new()
    {
        TaskId = string.Create(CultureInfo.InvariantCulture, $"ci-cycle-{cycle.Name}"),
        Steps = steps,
        FinalState = steps[^1].State,
        Success = outcome.Found == outcome.Failures,
        ErrorMessage = outcome.Found == outcome.Failures
            ? null
            : string.Create(CultureInfo.InvariantCulture, $"{outcome.Failures - outcome.Found} of {outcome.Failures} failures missed"),
        StartedAt = began,
        ExecutionTime = outcome.TimeUsed,
        RewardSource = "replay",
        MetadataJson = JsonSerializer.Serialize(new
        {
            history,
            seed,
            cycle = cycle.Name,
            tests = outcome.Tests,
            testsRun = outcome.Executed.Count,
            failuresFound = outcome.Found,
            failures = outcome.Failures,
            napfd = outcome.Napfd,
        }),
    };
}
