using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using QLearning.Abstractions;
using QLearning.Cli.Ranking;
using QLearning.Client;

namespace QLearning.Cli.Replay;

/// <summary>
/// Orders the tests of each cycle by what the cluster has learned, and reports what came of it: each test that ran is learned from, and
/// the cycle is stored as a trajectory with one step for each transition learned.
/// </summary>
internal sealed class ReplayAgent(AgentTypeClient client, double learningRate, string history, int seed, TimeProvider time)
{
    public const string AgentType = "regression-risk-analyzer";

    private const string TaskPrefix = "ci-cycle-";
    private const int TaskHashBytes = 8;

    /// <summary>The action whose Q-value says what it is worth to run a test early.</summary>
    public static AgentAction Run { get; } = AgentAction.Named("run_test_early");

    private readonly ClusterTestValues _values = new(client, learningRate);
    private readonly TestViews _views = new();
    private readonly Priority _priority = new(learningRate);
    private readonly Random _random = new(seed);

    /// <summary>Plays one cycle.</summary>
    public async Task<CycleOutcome> PlayAsync(CiCycle cycle, CancellationToken cancellationToken)
    {
        var began = time.GetUtcNow();
        State[][] views = [.. cycle.Tests.Select(_views.Of)];
        var outcome = cycle.Run(await OrderAsync(cycle, views, cancellationToken));
        Transition[] learned =
        [
            .. from test in outcome.Executed
               from state in views[test.Index]
               select ToTransition(state, test.Failed),
        ];
        foreach (var part in learned.Chunk(QLimits.MaxBatch))
        {
            await client.LearnAsync(part, cancellationToken: cancellationToken);
            await client.RecordTrajectoriesAsync([ToTrajectory(cycle, outcome, part, began)], cancellationToken);
        }

        return outcome;
    }

    /// <summary>What is learned from a test that ran, in one of its views.</summary>
    public static Transition ToTransition(State view, bool failed) =>
        new() { State = view, Action = Run, Reward = failed ? 1 : 0, Done = true };

    /// <summary>All tests, the highest priority first; chance decides between equal ones.</summary>
    private async Task<int[]> OrderAsync(CiCycle cycle, State[][] views, CancellationToken cancellationToken)
    {
        var known = await _values.ReadAsync(views.SelectMany(view => view).Select(state => state.Key).ToHashSet(), cancellationToken);
        var order = Enumerable.Range(0, views.Length).ToArray();
        _random.Shuffle(order);
        double[] priorities =
        [
            .. views.Select((view, i) => _priority.Of([.. view.Select(state => known[state.Key])], cycle.Tests[i].DurationMs)),
        ];
        return [.. order.OrderByDescending(index => priorities[index])];
    }

    /// <summary>The task that a cycle is: its name, or what there is room for with a hash of it; the whole is in the metadata.</summary>
    internal static string TaskIdOf(string cycle)
    {
        var id = TaskPrefix + cycle;
        if (id.Length <= QLimits.MaxTaskCharacters)
        {
            return id;
        }

        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(cycle)).AsSpan(0, TaskHashBytes));
        var end = QLimits.MaxTaskCharacters - hash.Length - 1;
        // Never half of a surrogate pair.
        return $"{id[..(char.IsHighSurrogate(id[end - 1]) ? end - 1 : end)]}-{hash}";
    }

    private Trajectory ToTrajectory(CiCycle cycle, CycleOutcome outcome, Transition[] learned, DateTimeOffset began) => new()
    {
        TaskId = TaskIdOf(cycle.Name),
        Steps = [.. learned.Select(step => new TrajectoryStep(step.State, step.Action, step.Reward))],
        FinalState = learned[^1].State,
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
