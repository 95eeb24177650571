using QLearning.Learning.Updates;

namespace QLearning.Learning.Rules;

/// <summary>
/// Moves Q-values by an agent type's rule: Q(S, A) ← Q(S, A) + α·δ with δ = R + γ·(value of the next state) − Q(S, A)
/// (Sutton &amp; Barto, chapter 6). The rows of all states it touches must be in memory unless the table is whole, see
/// <see cref="CollectStates"/>. Like the table it belongs to one thread at a time.
/// </summary>
public sealed class Learner
{
    private readonly double _learningRate;
    private readonly double _discountFactor;
    private readonly ILearningRule _rule;

    /// <summary>A learner with an agent type's rule, α and γ; for both kinds of SARSA also with its exploration policy and ε.</summary>
    /// <param name="type">The agent type.</param>
    /// <exception cref="InvalidInputException">
    /// α is not above 0 up to 1, γ is not 0 to 1, the rule is unknown, or the policy's numbers are not allowed.
    /// </exception>
    public Learner(AgentTypeInfo type)
    {
        ArgumentNullException.ThrowIfNull(type);
        _learningRate = InputCheck.AboveZero("learning rate", type.LearningRate, 1);
        _discountFactor = InputCheck.Fraction("discount factor", type.DiscountFactor);
        _rule = type.Settings.LearningRule switch
        {
            LearningRule.QLearning => new QLearningRule(),
            LearningRule.Sarsa => new SarsaRule(type),
            LearningRule.ExpectedSarsa => new ExpectedSarsaRule(type),
            var unknown => throw InvalidInputException.For(
                "learning rule", unknown, "it is unknown", string.Join(", ", Enum.GetNames<LearningRule>())),
        };
    }

    /// <summary>The states whose rows the learner reads or writes, so that missing ones can be loaded first.</summary>
    /// <param name="transitions">What will be learned.</param>
    /// <param name="into">Where the keys go.</param>
    public static void CollectStates(IReadOnlyList<Transition> transitions, ISet<StateKey> into)
    {
        ArgumentNullException.ThrowIfNull(transitions);
        ArgumentNullException.ThrowIfNull(into);
        for (var i = 0; i < transitions.Count; i++)
        {
            into.Add(transitions[i].State.Key);
            if (transitions[i] is { Done: false, NextState: { } next })
            {
                into.Add(next.Key);
            }
        }
    }

    /// <summary>Learns one transition.</summary>
    /// <param name="table">The Q-values.</param>
    /// <param name="transition">What happened; it has been checked, but for what only the rule knows.</param>
    /// <param name="elsewhere">Next states whose rows belong to another table, as they were read there; null: there are none.</param>
    /// <exception cref="InvalidInputException">
    /// The transition lacks what the rule needs, or the Q-value would be too large; nothing was changed.
    /// </exception>
    public Update Learn(QTable table, Transition transition, QTable? elsewhere = null)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(transition);
        Check(transition, index: null);
        return Apply(table, transition, elsewhere, index: null);
    }

    /// <summary>Learns transitions in the order given, each from what the ones before it left: all, or none.</summary>
    /// <param name="table">The Q-values.</param>
    /// <param name="transitions">What happened.</param>
    /// <param name="elsewhere">As for <see cref="Learn"/>.</param>
    /// <param name="numbers">The updates' numbers; without them they are not known by number.</param>
    /// <exception cref="InvalidInputException">As for <see cref="Learn"/>; the message names the index. Nothing was changed.</exception>
    public Update[] LearnMany(
        QTable table, IReadOnlyList<Transition> transitions, QTable? elsewhere = null, UpdateNumbers numbers = default)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(transitions);
        for (var i = 0; i < transitions.Count; i++)
        {
            Check(transitions[i], i);
        }

        return AllOrNone(table, transitions, numbers, (transition, index) => Apply(table, transition, elsewhere, index));
    }

    /// <summary>Learns rewards that came late, in the order given: Q ← Q + α·r each. All, or none.</summary>
    /// <param name="table">The Q-values.</param>
    /// <param name="rewards">The rewards.</param>
    /// <param name="numbers">As for <see cref="LearnMany"/>.</param>
    /// <exception cref="InvalidInputException">
    /// A Q-value was never learned or would be too large; the message names the index. Nothing was changed.
    /// </exception>
    /// <param name="wereLearned">
    /// True when they were learned before, and lost with their owner: then a Q-value that is not known starts with them, since whoever
    /// learned it first may be about to send that again.
    /// </param>
    public Update[] LearnDelayed(
        QTable table, IReadOnlyList<DelayedReward> rewards, UpdateNumbers numbers = default, bool wereLearned = false)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(rewards);
        return AllOrNone(table, rewards, numbers, (reward, index) => Apply(table, reward, wereLearned, index));
    }

    /// <summary>What is wrong with a delayed reward of something that was never learned.</summary>
    /// <param name="reward">The reward.</param>
    /// <param name="index">Its place in the batch.</param>
    private static InvalidInputException NeverLearned(DelayedReward reward, int index)
    {
        return InvalidInputException.For(
            "delayed reward",
            $"{reward.State}, {reward.Action}",
            $"its action was never learned in its state, or that has expired{At(index)}",
            "a state and action that were learned");
    }

    /// <summary>Stores one Q-value as the caller computed it.</summary>
    /// <param name="table">The Q-values.</param>
    /// <param name="upsert">State, action, value.</param>
    /// <exception cref="InvalidInputException">The Q-value is too large; nothing was changed.</exception>
#pragma warning disable CA1822 // A learner is the one way to change Q-values, whether or not the rule has a say.
    public Update Upsert(QTable table, QValueUpsert upsert)
    {
        ArgumentNullException.ThrowIfNull(table);
        return Apply(table, upsert, index: null);
    }

    /// <summary>Stores Q-values as the caller computed them, in the order given: all, or none.</summary>
    /// <param name="table">The Q-values.</param>
    /// <param name="upserts">States, actions, values.</param>
    /// <param name="numbers">As for <see cref="LearnMany"/>.</param>
    /// <exception cref="InvalidInputException">A Q-value is too large; the message names the index. Nothing was changed.</exception>
    public Update[] UpsertMany(QTable table, IReadOnlyList<QValueUpsert> upserts, UpdateNumbers numbers = default)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(upserts);
        return AllOrNone(table, upserts, numbers, (upsert, index) => Apply(table, upsert, index));
    }
#pragma warning restore CA1822

    private static Update[] AllOrNone<T>(QTable table, IReadOnlyList<T> items, UpdateNumbers numbers, Func<T, int, Update> apply)
    {
        var updates = new Update[items.Count];
        table.BeginUnit(items.Count);
        try
        {
            for (var i = 0; i < updates.Length; i++)
            {
                updates[i] = apply(items[i], i);
            }
        }
        catch
        {
            table.RollBack();
            throw;
        }

        numbers.Note(table);
        return updates;
    }

    private static Update Apply(QTable table, in QValueUpsert upsert, int? index)
    {
        var (state, action, value) = upsert;
        table.TryGet(state.Key, action.Key, out var before);
        return Store(table, state, action, value, value - before.QValue, index);
    }

    private static Update Store(QTable table, State state, AgentAction action, double value, double tdError, int? index)
    {
        // Written so that NaN is refused too.
        if (!(Math.Abs(value) <= QLimits.MaxQValue))
        {
            throw InvalidInputException.For("Q-value", value, $"it is out of range{At(index)}", $"at most {QLimits.MaxQValue} in size");
        }

        var visits = table.Set(state.Key, state.Json, action.Key, action.Json, value);
        return new Update(value, visits, tdError);
    }

    private static string At(int? index) => index is { } i ? $" at index {i} of the batch" : string.Empty;

    private void Check(Transition transition, int? index)
    {
        if (_rule.Lacks(transition) is { } problem)
        {
            throw InvalidInputException.For(
                "transition", transition.State.Key, $"{problem}{At(index)}", "a next action, or an end of its episode (done or truncated)");
        }
    }

    private Update Apply(QTable table, Transition transition, QTable? elsewhere, int? index)
    {
        table.TryGet(transition.State.Key, transition.Action.Key, out var before);
        var next = transition is { Done: false, NextState: { } nextState }
            ? _rule.NextValue(elsewhere is not null && elsewhere.Contains(nextState.Key) ? elsewhere : table, nextState.Key, transition)
            : 0;
        var tdError = transition.Reward + (_discountFactor * next) - before.QValue;
        var value = before.QValue + ((transition.LearningRate ?? _learningRate) * tdError);
        return Store(table, transition.State, transition.Action, value, tdError, index);
    }

    private Update Apply(QTable table, DelayedReward reward, bool wasLearned, int index)
    {
        if (!table.TryGet(reward.State, reward.Action, out var before) && !wasLearned)
        {
            throw NeverLearned(reward, index);
        }

        var value = before.QValue + (_learningRate * reward.Reward);
        return Store(table, new State(reward.State), new AgentAction(reward.Action), value, reward.Reward, index);
    }
}
