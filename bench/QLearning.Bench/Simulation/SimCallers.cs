using QLearning.Abstractions;
using QLearning.Client;

namespace QLearning.Bench.Simulation;

/// <summary>What callers of clients do, and what they note of what they are told.</summary>
/// <param name="world">The schedule.</param>
internal sealed class SimCallers(SimWorld world)
{
    private const int States = 6;
    private const int SharedActions = 2;
    private const int MaxTries = 6;

    private static readonly TimeSpan _longestPause = TimeSpan.FromMilliseconds(400);

    private readonly List<(StateKey State, ActionKey Action)> _rewardable = [];
    private readonly List<DelayedReward> _rewards = [];
    private int _actions;

    /// <summary>One caller: call after call.</summary>
    public async Task CallAsync(SimClient client)
    {
        for (var calls = world.Plan.Calls; calls > 0; calls--)
        {
            await PauseAsync(client);
            var luck = world.Work.Next(10);
            await (luck < 2 && client.Resends ? RewardAsync(client) : LearnAsync(client, luck switch
            {
                2 => new UpdateGroup { Upserts = Several(3, () => new QValueUpsert(NextState(), NextAction(), 1)) },
                3 or 4 when world.Plan.Has(SimFaults.BadUpdates) => Bad(client),
                < 6 => new UpdateGroup { Transitions = Several(5, () => NextTransition(client)) },
                _ => new UpdateGroup { Transitions = [NextTransition(client)] },
            }));
        }
    }

    /// <summary>One caller that sets a Q-value again and again, higher each time: what is lost comes before what is newer.</summary>
    public async Task SetAsync(SimClient client)
    {
        var (state, action) = (NextState(), NextAction());
        for (var value = 1; value <= world.Plan.Calls + 1; value++)
        {
            await PauseAsync(client);
            if (!await LearnAsync(client, new UpdateGroup { Upserts = [new QValueUpsert(state, action, value)] }))
            {
                return;
            }

            world.Ledger.Set(client, state.Key, action.Key, value);
        }
    }

    /// <summary>One agent: episode after episode.</summary>
    public async Task ActAsync(SimClient client, string instance)
    {
        var agent = client.Agent(instance);
        var isCombined = world.Work.Next(2) == 0;
        for (var episodes = world.Work.Next(1, 3); episodes > 0; episodes--)
        {
            agent.BeginEpisode();
            UpdateGroup? waiting = null;
            (State State, AgentAction Action)? chosen = null;
            for (var left = world.Work.Next(1, 4); left > 0; left--)
            {
                await PauseAsync(client);
                var (state, action) = chosen ?? (NextState(), NextAction());
                if (waiting is not null)
                {
                    // SARSA learns in the state that followed.
                    state = waiting.Transitions[0].NextState!.Value;
                }

                if (chosen is null && !await TryAsync(client, token => agent.SelectActionAsync(state, [action], token)))
                {
                    break;
                }

                if (waiting is not null)
                {
                    world.Ledger.Acknowledge(waiting, 0, isStep: true);
                }

                var next = NextState();
                var transition = new Transition { State = state, Action = action, Reward = 1, NextState = next };
                var step = new UpdateGroup { Transitions = [transition] };
                world.Ledger.Sent(client, step);
                chosen = isCombined && left > 1 ? (next, NextAction()) : null;
                if (!await TryAsync(client, token => chosen is { } following
                    ? agent.ObserveAndSelectAsync(new AgentOutcome { Reward = 1, NextState = next }, [following.Action], token)
                    : ReportAsync(agent, next, left == 1, token)))
                {
                    break;
                }

                waiting = chosen is null && world.Plan.Rule == LearningRule.Sarsa && left > 1 ? step : null;
                if (waiting is null)
                {
                    world.Ledger.Acknowledge(step, 0, isStep: true);
                }
            }
        }

        // The step of an episode that was given up is kept for as long as the agent may come back to it.
        agent.BeginEpisode();
    }

    /// <summary>Does a step of an agent, again and again as the docs advise; false when it was given up.</summary>
    private async Task<bool> TryAsync(SimClient client, Func<CancellationToken, Task> call)
    {
        for (var tries = 0; tries < MaxTries; tries++)
        {
            try
            {
                using var patience = PatienceOf(client);
                await call(patience.Token);
                return true;
            }
            catch (Exception error) when (error is StorageUnavailableException or ClusterUnavailableException
                or WriteBacklogFullException or FencedException or OperationCanceledException)
            {
                Note(client, error);
                await PauseAsync(client);
            }
            catch (QLearningException error) when (error is InvalidInputException or AgentStateException or UnknownAgentTypeException
                or UnknownAgentException)
            {
                Note(client, error);
                return false;
            }
        }

        return false;
    }

    private async Task RewardAsync(SimClient client)
    {
        if (_rewardable.Count == 0)
        {
            var action = NextAction();
            var state = NextState();
            var first = NextTransition(client) with { State = state, Action = action };
            if (await LearnAsync(client, new UpdateGroup { Transitions = [first] }))
            {
                _rewardable.Add((state.Key, action.Key));
            }

            return;
        }

        var rewards = new List<DelayedReward>();
        for (var left = world.Work.Next(1, 3); left > 0; left--)
        {
            var (state, action) = _rewardable[world.Work.Next(_rewardable.Count)];
            var reward = _rewards.Count > 0 && world.Work.Next(2) == 0
                ? _rewards[world.Work.Next(_rewards.Count)]
                : new DelayedReward { State = state, Action = action, Reward = 1 };
            if (rewards.All(other => other.Id != reward.Id))
            {
                rewards.Add(reward);
            }
        }

        _rewards.AddRange(rewards.Except(_rewards));
        await LearnAsync(client, new UpdateGroup { Rewards = [.. rewards] }, WriteMode.Durable);
    }

    /// <returns>True when all was acknowledged.</returns>
    private async Task<bool> LearnAsync(SimClient client, UpdateGroup updates, WriteMode? mode = null)
    {
        world.Ledger.Sent(client, updates);
        try
        {
            var chosen = mode ?? (world.Work.Next(3) == 0 ? WriteMode.Durable : WriteMode.WriteBehind);
            await client.Sender.SendAsync(updates, chosen, CancellationToken.None);
            Acknowledge(updates, Enumerable.Range(0, updates.Count), isDurable: chosen == WriteMode.Durable);
            return true;
        }
        catch (PartlyLearnedException error)
        {
            Note(client, error);
            Acknowledge(updates, Enumerable.Range(0, updates.Count).Except(error.NotLearned).Except(error.MayBeLearned));
            Refuse(updates, error.NotLearned);
        }
        catch (QLearningException error)
        {
            Note(client, error);
            Settle(updates, error);
        }

        return false;
    }

    private CancellationTokenSource PatienceOf(SimClient client) => world.Plan.Has(SimFaults.Cancelled) && world.Work.Next(4) == 0
        ? new CancellationTokenSource(_longestPause * world.Work.NextDouble(), client.Time)
        : new CancellationTokenSource();

    private void Settle(UpdateGroup updates, QLearningException error)
    {
        var all = Enumerable.Range(0, updates.Count);
        switch (error)
        {
            case StorageUnavailableException { IsLearned: true }:
                Acknowledge(updates, all);
                break;
            case ClusterUnavailableException:
                // Nobody knows.
                break;
            default:
                Refuse(updates, all);
                break;
        }
    }

    private void Refuse(UpdateGroup updates, IEnumerable<int> indexes)
    {
        foreach (var index in world.Plan.IsCertain ? indexes : [])
        {
            world.Ledger.Refuse(updates, index);
        }
    }

    /// <summary>Every other episode is cut by a limit, so that its last step has a next state.</summary>
    private Task<ObservationResult> ReportAsync(AgentClient agent, State next, bool isLast, CancellationToken cancellationToken) =>
        agent.ObserveAsync(
            1, next, done: isLast && _actions % 2 == 0, truncated: isLast && _actions % 2 == 1, cancellationToken: cancellationToken);

    private void Acknowledge(UpdateGroup updates, IEnumerable<int> indexes, bool isDurable = false)
    {
        foreach (var index in indexes)
        {
            world.Ledger.Acknowledge(updates, index, isDurable: isDurable);
        }
    }

    /// <summary>Updates that any owner refuses, with good ones before or after.</summary>
    private UpdateGroup Bad(SimClient client)
    {
        if (world.Plan.Rule == LearningRule.Sarsa)
        {
            var lacking = NextTransition(client) with { NextState = NextState(), NextAction = null, Done = false };
            return new UpdateGroup { Transitions = [lacking] };
        }

        // The second one is too large.
        var state = State.FromKey("large");
        var large = NextTransition(client) with
        {
            State = state,
            Action = new AgentAction(ActionKey.Parse($"large of {client.Name}")),
            Reward = QLimits.MaxQValue,
            NextState = state,
            Done = false,
            LearningRate = 1,
        };
        return new UpdateGroup { Transitions = [large, NextTransition(client)] };
    }

    private T[] Several<T>(int most, Func<T> next) => [.. Enumerable.Range(0, world.Work.Next(1, most + 1)).Select(_ => next())];

    private Transition NextTransition(SimClient client) => new()
    {
        State = NextState(),
        Action = world.Work.Next(4) == 0
            ? new AgentAction(ActionKey.Parse($"shared{world.Work.Next(SharedActions)} of {client.Name}"))
            : NextAction(),
        Reward = 1,
        NextState = NextState(),
        NextAction = new AgentAction(ActionKey.Parse("shared0")),
        Done = world.Work.Next(3) == 0,
    };

    private State NextState() => State.FromKey($"s{world.Work.Next(States)}");

    private AgentAction NextAction()
    {
        var action = new AgentAction(ActionKey.Parse($"a{++_actions}"));
        if (world.Plan.Has(SimFaults.RefusedRows) && world.Chance.Next(5) == 0)
        {
            world.Store.Refused.Add(action.Key);
        }

        return action;
    }

    private Task PauseAsync(SimClient client) =>
        world.Work.Next(2) == 0 ? Task.CompletedTask : Task.Delay(_longestPause * world.Work.NextDouble(), client.Time);

    private void Note(SimClient client, Exception error) => world.Trace($"{client.Name} is told {error.GetType().Name}: {error.Message}");
}
