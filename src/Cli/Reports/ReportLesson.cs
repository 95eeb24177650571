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

    // By tests, whatever is learned of each: a run that is reported again with its history has the parts that it had without. What a part
    // teaches is one trajectory.
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
            Transition[] ofNames = [.. tests.Select(test => Lesson(views.OfName(test.Name), test))];
            Transition[] ofResults = past is null
                ? []
                : [.. tests.Select(test => Lesson(views.OfResults(past.GetValueOrDefault(test.Name)), test))];
            var trajectory = ToTrajectory(run, IdOf(identity, part), [.. ofNames, .. ofResults]);
            isNew |= await TeachAsync(trajectory, identity, ofNames, ofResults, cancellationToken);
        }

        return isNew;
    }

    private static Transition Lesson(State view, ReportedTest test) =>
        ReplayAgent.ToTransition(view, test.Outcome == ReportedOutcome.Failed);

    private static Guid IdOf(byte[] identity, int part)
    {
        Span<byte> text = stackalloc byte[SHA256.HashSizeInBytes + sizeof(int)];
        identity.CopyTo(text);
        BinaryPrimitives.WriteInt32LittleEndian(text[SHA256.HashSizeInBytes..], part);
        return new Guid(SHA256.HashData(text).AsSpan(0, 16));
    }

    private async Task<bool> TeachAsync(
        Trajectory trajectory, byte[] identity, Transition[] ofNames, Transition[] ofResults, CancellationToken cancellationToken)
    {
        var stored = await _agents.GetTrajectoriesAsync(
            new TrajectoryQuery { AgentType = ReplayAgent.AgentType, TaskId = trajectory.TaskId, Limit = 1 }, cancellationToken);
        if (stored.Trajectories.Count > 0)
        {
            return false;
        }

        // Each by itself: who reports a run again with its history, after a process without it died, has the numbers of its names.
        var names = ClaimOf(trajectory.Id.ToString(), identity, ofNames);
        if (await ClaimAsync(names, cancellationToken) is not { } numbersOfNames)
        {
            return false;
        }

        var results = ofResults is [] ? null : ClaimOf($"{trajectory.Id}-results", identity, ofResults);
        var numbersOfResults = results is null ? null : await ClaimAsync(results, cancellationToken);
        await _agents.LearnAsync(ofNames, numbersOfNames, cancellationToken);
        if (numbersOfResults is { } numbers)
        {
            await _agents.LearnAsync(ofResults, numbers, cancellationToken);
        }

        await _agents.RecordTrajectoriesAsync([trajectory], cancellationToken);
        await client.RequestKeys.CompleteAsync(names, Done, cancellationToken);
        if (results is not null)
        {
            await client.RequestKeys.CompleteAsync(results, Done, cancellationToken);
        }

        return true;
    }

    private RequestClaim ClaimOf(string key, byte[] identity, Transition[] transitions) => new()
    {
        Scope = Scope,
        Key = key,
        Digest = identity,
        Numbers = _agents.TakeNumbers(transitions.Length),
    };

    /// <returns>The numbers for what the claim is of; null: it was done before.</returns>
    private async Task<UpdateId?> ClaimAsync(RequestClaim claim, CancellationToken cancellationToken)
    {
        var claimed = await client.RequestKeys.ClaimAsync(claim, cancellationToken);
        return claimed.Outcome switch
        {
            RequestClaimOutcome.Answered => null,
            RequestClaimOutcome.Claimed => claimed.Numbers,
            _ => throw new StorageUnavailableException(string.Create(
                CultureInfo.InvariantCulture,
                $"Another process is reporting the run. Report it again after {claimed.BusyFor.TotalSeconds:0} s.")),
        };
    }

    private Trajectory ToTrajectory(ReportedRun run, Guid id, Transition[] transitions)
    {
        var failed = run.Tests.Count(test => test.Outcome == ReportedOutcome.Failed);
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
