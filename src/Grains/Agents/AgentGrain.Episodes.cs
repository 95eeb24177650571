using QLearning.Abstractions;
using QLearning.Abstractions.Input;
using QLearning.Client.Partitions;
using QLearning.Learning.Episodes;
using QLearning.Storage.Agents;

namespace QLearning.Grains.Agents;

internal sealed partial class AgentGrain
{
    // An episode lives in memory only, and a slow agent should not have to bring it back because its grain looks idle. Longer would keep
    // the grains of agents that died in an episode.
    private static readonly TimeSpan _maxIdleInEpisode = TimeSpan.FromHours(1);

    // Most episodes are over before anybody could look; a long one is worth a write.
    private static readonly TimeSpan _learningShownAfter = TimeSpan.FromSeconds(1);

    private EpisodeRun? _run;
    private (Guid Episode, int Step, StateAction? Acted, ReportedOutcome? Reported, ObservationResult Result)? _lastEnd;
    private IGrainTimer? _statusTimer;

    private StepLearner? _learner;

    private StepLearner Learner => _learner ??= new StepLearner(
        new QTableRouter(AgentTypeKey.For(Key.AgentType), GrainFactory), refused => logger.StepRefused(refused, Key.ToString()));

    public async ValueTask<AgentDecision> SelectAction(AgentDecisionRequest request)
    {
        AgentCheck.Decision(request);
        await RefuseBegunAsync(request);
        await CheckBeforeRegisteringAsync(request);
        await WorkingAsync();
        var run = _run?.Episode.Id == request.EpisodeId ? Continue(_run, request.Step) : await NewRunAsync(request);
        var explorationRate = Info.ExplorationRate;
        if (run.AwaitsNextAction is { NextState: { } observed } && observed.Key != request.State.Key)
        {
            throw InvalidInputException.For(
                "state",
                request.State.Key,
                "SARSA learns the last reward with an action of the state that followed it",
                $"'{observed.Key}'");
        }

        var before = run.Decision is { } decided && decided.Step == request.Step
            && request.Update is { } update && run.LearnedNumber == update.Number ? decided : null;
        if (before is not null && run.IsDecided(request))
        {
            return before;
        }

        var selected = await Learner.SelectAsync(new SelectActionRequest
        {
            State = request.State.Key,
            Candidates = request.Candidates,
            ExplorationRate = explorationRate,
            Seed = request.Seed,
        });
        StartIfNew(run);
        // What was learned with the choice before this one stays learned, and who missed that answer gets it with this one.
        var (learned, receipt) = before is null
            ? await LearnWaitingAsync(run, selected.Action, request.Update)
            : (before.Learned, before.Receipt);
        selected = selected with { Replaced = run.Episode.IsActing ? run.Episode.Action : null };
        run.Episode.Act(request.State, selected.Action);
        return run.Decide(request, new AgentDecision(run.Episode.Step, selected, explorationRate, learned, receipt));
    }

    public async ValueTask<ObservationResult> Observe(Observation observation)
    {
        AgentCheck.Observation(observation);
        if (_lastEnd is { } last && (last.Episode, last.Step) == (observation.EpisodeId, observation.Step))
        {
            if (last.Acted is { } ended)
            {
                RequireActed(observation, ended);
            }

            return last.Reported is { } reported && !reported.IsRepeatedBy(observation)
                ? throw Otherwise(observation.Step, reported)
                : last.Result;
        }

        // An agent that is not known has no episode, and a call that is refused registers no agent.
        var row = await FindAsync() is null ? throw EpisodeLostException.For(Key, observation.EpisodeId) : await WorkingAsync();
        if (_run is not { } run || run.Episode.Id != observation.EpisodeId)
        {
            return await FindEndAsync(observation) ?? throw EpisodeLostException.For(Key, observation.EpisodeId);
        }

        if (observation.Step != run.Episode.Step - 1)
        {
            await LearnAsync(row, run, observation);
        }
        else
        {
            // Learned already, but perhaps not stored.
            await RepeatAsync(row, run, observation);
        }

        return await StoreObservedAsync() ?? new ObservationResult(run.LastLearned, null, run.LastReceipt);
    }

    public async ValueTask<AgentStepAnswer> ObserveAndSelect(Observation observation, AgentDecisionRequest next)
    {
        AgentCheck.Step(observation, next);
        var observed = await Observe(observation);
        try
        {
            // Under the observation's number: SARSA learns the observation now, and who sends this again is told the same choice.
            return new AgentStepAnswer(observed, await SelectAction(next with { Update = observation.Update }));
        }
        catch (QLearningException error) when (
            observed.Learned is not null || observed.Ended is not null || error is InvalidInputException or AgentStateException)
        {
            // What was observed must be told, also when SARSA is to learn it with the next choice. Why there is none is told to whoever
            // asks for it alone.
            return new AgentStepAnswer(observed, null);
        }
    }

    public async ValueTask RestoreEpisode(EpisodeSnapshot episode)
    {
        AgentCheck.Snapshot(episode, time.GetUtcNow());
        await WorkingAsync();
        if (_run?.Episode.Id == episode.EpisodeId || _lastEnd?.Episode == episode.EpisodeId)
        {
            return;
        }

        if (await FindEndAsync(episode.EpisodeId) is not null)
        {
            // It was the answer that was lost, not the episode: another one that runs goes on.
            return;
        }

        await StoreEndedAsync();
        Drop("a lost one was restored");
        var row = await WorkingAsync();
        Start(EpisodeRun.Restore(episode, row.Own.LearningRate));
    }

    // A call that is refused registers no agent: what the type's grain would refuse it refuses before.
    private async Task CheckBeforeRegisteringAsync(AgentDecisionRequest request)
    {
        if (await FindAsync() is not null)
        {
            return;
        }

        if (request.Step > 0)
        {
            throw EpisodeLostException.For(Key, request.EpisodeId);
        }

        await Learner.SelectAsync(new SelectActionRequest { State = request.State.Key, Candidates = request.Candidates });
    }

    private EpisodeRun Continue(EpisodeRun run, int step)
    {
        if (run.Ended is not null)
        {
            throw AgentStateException.For(
                Key, $"has ended the episode '{run.Episode.Id}'", "reporting its last reward again, or a new episode");
        }

        if (step != run.Episode.Step)
        {
            throw AgentStateException.For(
                Key,
                FormattableString.Invariant($"is at step {run.Episode.Step} of the episode, not at step {step}"),
                "the reward of an action before the next action");
        }

        return run.Episode.Step < QLimits.MaxBatch
            ? run
            : throw AgentStateException.For(
                Key, $"is in an episode of {QLimits.MaxBatch} steps, the most that a trajectory can have", "a new episode");
    }

    private async Task<EpisodeRun> NewRunAsync(AgentDecisionRequest request)
    {
        if (request.Step > 0)
        {
            throw EpisodeLostException.For(Key, request.EpisodeId);
        }

        await StoreEndedAsync();
        if ((await WorkingAsync()).Info.SessionId is { } session)
        {
            await GrainFactory.GetGrain<ISessionGrain>(session).Require(Key.AgentType);
        }

        return new EpisodeRun(new Episode(request.EpisodeId, request.TaskId ?? request.EpisodeId.ToString(), time.GetUtcNow()));
    }

    // Once nothing can be refused any more: a request that is leaves the episode that runs as it is.
    private void StartIfNew(EpisodeRun run)
    {
        if (run != _run)
        {
            Drop("another one began");
            Start(run);
        }
    }

    private void Start(EpisodeRun run)
    {
        DelayDeactivation(_maxIdleInEpisode);
        _statusTimer?.Dispose();
        _statusTimer = this.RegisterGrainTimer(
            static (agent, token) => agent.ShowLearningAsync(token), this, _learningShownAfter, Timeout.InfiniteTimeSpan);
        _run = run;
    }

    private async Task LearnAsync(AgentRow row, EpisodeRun run, Observation observation)
    {
        if (run.Ended is not null || !run.Episode.IsActing || observation.Step != run.Episode.Step)
        {
            throw AgentStateException.For(
                Key,
                FormattableString.Invariant($"has no action of step {observation.Step} that waits for its reward"),
                run is { Ended: null, Episode.IsActing: true }
                    ? FormattableString.Invariant($"the reward of step {run.Episode.Step}")
                    : "choosing an action first");
        }

        RequireActed(observation, new StateAction(run.Episode.State, run.Episode.Action));
        CheckSum(row, run, observation.Reward);
        var type = await types.GetAsync(Key.AgentType, CancellationToken.None);
        var transition = new Transition
        {
            State = run.Episode.State,
            Action = run.Episode.Action,
            Reward = observation.Reward,
            NextState = observation.NextState,
            NextActions = observation.NextActions,
            Done = observation.Done,
            Truncated = observation.Truncated,
            LearningRate = row.Own.LearningRate,
            ExplorationRate = row.Info.ExplorationRate,
        };
        if (type.Settings.LearningRule == LearningRule.Sarsa && !observation.EndsEpisode)
        {
            run.AwaitsNextAction = transition;
            run.Observed(observation, null, null, time.GetUtcNow());
            return;
        }

        var (learned, receipt) = await LearnAsync(run, transition, observation.Update);
        RequireLearned(learned, observation);
        run.Count(learned, observation.Update);
        run.Observed(observation, learned, receipt, time.GetUtcNow());
    }

    /// <summary>Learns what SARSA could not learn before the next action was known.</summary>
    private async Task<(LearnResult? Learned, UpdateReceipt? Receipt)> LearnWaitingAsync(EpisodeRun run, AgentAction next, UpdateId? update)
    {
        if (run.AwaitsNextAction is not { } waiting)
        {
            return (null, null);
        }

        if (update is not { } id)
        {
            throw InvalidInputException.For(
                "update", null, "it is missing, and SARSA learns the last reward now", "a number of the caller's own");
        }

        var (learned, receipt) = await LearnAsync(run, waiting with { NextAction = next }, id);
        run.Count(learned, id);
        run.AwaitsNextAction = null;
        return (learned, receipt);
    }

    private async Task<AgentRow> WorkingAsync()
    {
        var row = await RegisteredAsync();
        AgentCheck.Working(Key, row.Info);
        return row;
    }

    private void CheckSum(AgentRow row, EpisodeRun run, double reward)
    {
        AgentCheck.RewardSum(Key, reward, run.Episode.AbsoluteReward + Math.Abs(row.Info.TotalReward));
    }

    private async Task ShowLearningAsync(CancellationToken cancellationToken)
    {
        if (_run is { Ended: null } && (await FindAsync())?.Info.Status is AgentStatus.Idle or AgentStatus.Active)
        {
            await StoreStatusQuietlyAsync(cancellationToken);
        }
    }
}
