using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using QLearning.Abstractions;
using QLearning.Abstractions.Input;
using QLearning.Cli.Replay;
using QLearning.Cli.Replay.History;
using QLearning.Client;

namespace QLearning.Cli.Reports;

/// <summary>
/// Teaches the cluster one finished run: each test that ran, in the views that a replay learns in. However often the run is reported, and
/// from whichever process, it counts once: a key of the cluster names the numbers of its updates for a day, and the trajectory that is
/// stored after them, whose id follows from what the run is, tells for as long as it is kept.
/// </summary>
internal sealed class ReportLesson(IQLearningClient client, TimeProvider time)
{
    private const string Scope = "ci-report";
    private const string Done = "\"done\"";

    // By tests, whatever is learned of each: a run that is reported again with its history has the parts that it had without.
    private static readonly int _testsOfPart = QLimits.MaxBatch / TestViews.Weights.Count;

    private readonly AgentTypeClient _agents = client.AgentType(ReplayAgent.AgentType);

    /// <summary>Teaches a run.</summary>
    /// <param name="run">The run.</param>
    /// <param name="past">
    /// The latest verdicts of each test before it; null: they are not known, and only its names are learned from.
    /// </param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>Whether it was taught now; false: it was before.</returns>
    /// <exception cref="InvalidInputException">No test of it ran, or its time cannot be stored; nothing was learned.</exception>
    /// <exception cref="StorageUnavailableException">Another process is at it, or the cluster could not store it.</exception>
    public async Task<bool> TeachAsync(
        ReportedRun run, IReadOnlyDictionary<string, PastResults>? past, CancellationToken cancellationToken)
    {
        await client.AgentTypes.GetAsync(ReplayAgent.AgentType, cancellationToken);
        var identity = ReportIdentity.Of(run);
        var views = new TestViews();
        var ran = run.Tests.Where(test => test.Outcome != ReportedOutcome.DidNotRun).ToArray();
        if (ran.Length == 0)
        {
            throw InvalidInputException.For("run", run.Name, "no test of its reports ran", "reports of tests that ran");
        }

        // Before anything is learned, since its trajectory is stored after that.
        if (run.Started is { } started)
        {
            InputCheck.Time("start of the run", started, time.GetUtcNow());
        }

        var isNew = false;
        foreach (var (part, tests) in ran.Chunk(_testsOfPart).Index())
        {
            Transition[] lesson =
            [
                .. from test in tests
                   from view in Views(views, test, past)
                   select ReplayAgent.ToTransition(view, test.Outcome == ReportedOutcome.Failed),
            ];
            isNew |= await TeachAsync(run, identity, part, lesson, cancellationToken);
        }

        return isNew;
    }

    private static State[] Views(TestViews views, ReportedTest test, IReadOnlyDictionary<string, PastResults>? past) => past is null
        ? [views.OfName(test.Name)]
        : views.Of(new ScheduledTest(test.Name, 0, past.GetValueOrDefault(test.Name)));

    private static Guid IdOf(byte[] identity, int part)
    {
        Span<byte> text = stackalloc byte[SHA256.HashSizeInBytes + sizeof(int)];
        identity.CopyTo(text);
        BinaryPrimitives.WriteInt32LittleEndian(text[SHA256.HashSizeInBytes..], part);
        return new Guid(SHA256.HashData(text).AsSpan(0, 16));
    }

    private async Task<bool> TeachAsync(
        ReportedRun run, byte[] identity, int part, Transition[] transitions, CancellationToken cancellationToken)
    {
        var trajectory = ToTrajectory(run, identity, part, transitions);
        var stored = await _agents.GetTrajectoriesAsync(
            new TrajectoryQuery { AgentType = ReplayAgent.AgentType, TaskId = trajectory.TaskId, Limit = 1 }, cancellationToken);
        if (stored.Trajectories.Count > 0)
        {
            return false;
        }

        var claim = new RequestClaim
        {
            Scope = Scope,
            Key = trajectory.Id.ToString(),
            Digest = identity,
            Numbers = _agents.TakeNumbers(transitions.Length),
        };
        var claimed = await client.RequestKeys.ClaimAsync(claim, cancellationToken);
        if (claimed.Outcome == RequestClaimOutcome.Answered)
        {
            return false;
        }

        if (claimed.Outcome != RequestClaimOutcome.Claimed)
        {
            throw new StorageUnavailableException(string.Create(
                CultureInfo.InvariantCulture,
                $"Another process is reporting the run '{run.Name}'. Report it again after {claimed.BusyFor.TotalSeconds:0} s."));
        }

        await _agents.LearnAsync(transitions, claimed.Numbers, cancellationToken);
        await _agents.RecordTrajectoriesAsync([trajectory], cancellationToken);
        await client.RequestKeys.CompleteAsync(claim, Done, cancellationToken);
        return true;
    }

    private Trajectory ToTrajectory(ReportedRun run, byte[] identity, int part, Transition[] transitions)
    {
        var failed = run.Tests.Count(test => test.Outcome == ReportedOutcome.Failed);
        var id = IdOf(identity, part);
        return new Trajectory
        {
            Id = id,
            TaskId = string.Create(CultureInfo.InvariantCulture, $"ci-run-{id:N}"),
            Steps = [.. transitions.Select(step => new TrajectoryStep(step.State, step.Action, step.Reward))],
            FinalState = transitions[^1].State,
            Success = failed == 0 && run.SuiteErrors == 0,
            ErrorMessage = failed == 0 ? null : $"{Counted.Of(failed, "test")} failed",
            StartedAt = run.Started ?? time.GetUtcNow(),
            // No longer than what is stored: tests that ran beside each other may take months together.
            ExecutionTime = TimeSpan.FromSeconds(Math.Min(
                run.Tests.Sum(test => test.Duration?.TotalSeconds ?? 0), QLimits.MaxExecutionTime.TotalSeconds)),
            RewardSource = Scope,
            MetadataJson = JsonSerializer.Serialize(new { run = run.Name, tests = run.Tests.Count, failed, suiteErrors = run.SuiteErrors }),
        };
    }
}
