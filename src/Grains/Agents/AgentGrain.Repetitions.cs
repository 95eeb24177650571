using QLearning.Abstractions;
using QLearning.Abstractions.Input;
using QLearning.Storage.Agents;

namespace QLearning.Grains.Agents;

/// <content>Outcomes that are reported again, and episodes that are begun again.</content>
internal sealed partial class AgentGrain
{
    private const int MaxDropped = 100;

    // Those of which steps may have been learned that PostgreSQL may not have yet, the newest ones.
    private readonly Queue<Guid> _dropped = new();

    // An outcome under whose number nothing was found: see RequireLearned.
    private (Guid Episode, long Number)? _passedOver;

    /// <summary>An outcome that was reported before: what it taught stays, and it may say now that the episode ended with it.</summary>
    private async Task RepeatAsync(AgentRow row, EpisodeRun run, Observation observation)
    {
        RequireActed(observation, run.LastActed);
        if (run.Reported!.IsRepeatedBy(observation))
        {
            return;
        }

        // Learned with the value of the next state it is right for an episode that was cut there, and wrong for one that is done.
        if (run.Episode.IsActing || !run.Reported.IsEndedBy(observation) || (observation.Done && run.AwaitsNextAction is null))
        {
            throw Otherwise(observation.Step, run.Reported);
        }

        if (run.AwaitsNextAction is { } waiting)
        {
            var transition = waiting with
            {
                NextActions = observation.NextActions,
                Done = observation.Done,
                Truncated = observation.Truncated,
                ExplorationRate = row.Info.ExplorationRate,
            };
            var (learned, receipt) = await LearnAsync(run, transition, observation.Update);
            RequireLearned(learned, observation);
            run.Count(learned, observation.Update);
            run.AwaitsNextAction = null;
            run.Note(observation, learned, receipt, time.GetUtcNow());
        }
        else
        {
            await Learner.StoreAsync(run.Steps);
            run.Note(observation, run.LastLearned, run.LastReceipt, time.GetUtcNow());
        }
    }

    private async Task<ObservationResult?> FindEndAsync(Observation observation)
    {
        try
        {
            // Perhaps it was the answer that was lost, not the episode.
            return observation.EndsEpisode ? await FindEndAsync(observation.EpisodeId, observation.Step + 1) : null;
        }
        catch (StorageUnavailableException)
        {
            // Who is told that the episode is lost can have its step learned, which an outage does not prevent.
            return null;
        }
    }

    /// <summary>The answer to the last outcome of an episode whose trajectory is stored; null: it is not.</summary>
    private async Task<ObservationResult?> FindEndAsync(Guid episode, int? length = null)
    {
        var found = await trajectories.FindTotalsAsync(Key.AgentType, episode, CancellationToken.None);
        if (found is not var (steps, total, discounted) || (length ?? steps) != steps)
        {
            return null;
        }

        var result = new ObservationResult(null, new EpisodeSummary(episode, steps, total, discounted, Info));
        _lastEnd = (episode, steps - 1, null, null, result);
        return result;
    }

    private AgentStateException Otherwise(int step, ReportedOutcome before) => AgentStateException.For(
        Key,
        FormattableString.Invariant($"was told another outcome of step {step} before: {before}"),
        "that outcome again, since what it taught stays");

    /// <summary>
    /// Refuses a late message whose caller has given the episode up: nothing was learned under its number, and nobody will send it again.
    /// A step that was learned and then forgotten with its state looks the same, but its caller brings the episode back and reports again.
    /// </summary>
    private void RequireLearned(in LearnResult learned, Observation observation)
    {
        var passedOver = (observation.EpisodeId, observation.Update.Number);
        // Nobody gives up the numbers of an episode that is its own client.
        if (learned.VisitCount > 0 || observation.Update.ClientId == observation.EpisodeId || _passedOver == passedOver)
        {
            return;
        }

        _passedOver = passedOver;
        Drop("its caller gave it up");
        throw EpisodeLostException.For(Key, observation.EpisodeId);
    }

    // Its steps would count as those of the first time, and so teach nothing.
    private async Task RefuseBegunAsync(AgentDecisionRequest request)
    {
        var id = request.EpisodeId;
        if (request.Step > 0 || _run?.Episode.Id == id)
        {
            return;
        }

        var (isStored, isLearned) = (_lastEnd?.Episode == id, request.IsKeptId && _dropped.Contains(id));
        if (request.IsKeptId && !isStored && !isLearned)
        {
            (isStored, isLearned) = await trajectories.FindEpisodeAsync(Key.AgentType, id, CancellationToken.None);
        }

        if (isStored)
        {
            throw AgentStateException.For(Key, $"cannot begin the episode '{id}' again, which has ended", "a new id for each episode");
        }

        if (isLearned)
        {
            throw AgentStateException.For(
                Key,
                $"cannot begin the episode '{id}' again, of which steps may have been learned",
                "restoring it, or a new id for each episode");
        }
    }

    private async Task<(LearnResult Learned, UpdateReceipt Receipt)> LearnAsync(EpisodeRun run, Transition transition, UpdateId update)
    {
        var before = run.MayBeLearned;
        run.MayBeLearned = true;
        try
        {
            return await Learner.LearnAsync(run.Steps, transition, update);
        }
        catch (Exception error) when (error is InvalidInputException or WriteBacklogFullException)
        {
            // Nothing was learned of it.
            run.MayBeLearned = before;
            throw;
        }
    }

    private void RememberDropped(EpisodeRun run)
    {
        if (run.MayBeLearned)
        {
            _dropped.Enqueue(run.Episode.Id);
        }

        if (_dropped.Count > MaxDropped)
        {
            _dropped.Dequeue();
        }
    }

    private void RequireActed(Observation observation, StateAction chosen) =>
        AgentCheck.Acted(Key, observation.Step, observation.Action, observation.ActionState, chosen);
}
