using System.Globalization;
using QLearning.Abstractions;
using QLearning.Client;

namespace QLearning.Bench.Comparisons;

/// <summary>What agents ask and learn in the cases: 1,000 states with 5 actions.</summary>
internal static class Workload
{
    /// <summary>The agent type that is asked.</summary>
    public const string AgentType = "test-generator";

    /// <summary>How many states it knows.</summary>
    public const int States = 1000;

    /// <summary>How many actions each state has.</summary>
    public const int Actions = 5;

    // Made before anything is measured: hashing and parsing are not what is compared.
    private static readonly StateKey[] _keys = [.. Enumerable.Range(0, States).Select(i => State.FromJson(Json(i)).Key)];
    private static readonly string[] _names = [.. _keys.Select(key => key.ToString())];
    private static readonly AgentAction[] _actions =
        [.. Enumerable.Range(0, Actions).Select(i => AgentAction.Named(string.Create(CultureInfo.InvariantCulture, $"action {i}")))];

    /// <summary>A state's key: a hash, as most callers have it.</summary>
    public static StateKey Key(int state) => _keys[state];

    /// <summary>Any state's key.</summary>
    public static StateKey AnyKey(Random random) => _keys[random.Next(States)];

    /// <summary>Any state's key as SQL and Redis have it.</summary>
    public static string AnyName(Random random) => _names[random.Next(States)];

    /// <summary>An action.</summary>
    public static AgentAction Action(int i) => _actions[i];

    /// <summary>Any transition.</summary>
    public static Transition AnyTransition(Random random) => new()
    {
        State = new State(AnyKey(random)),
        Action = Action(random.Next(Actions)),
        Reward = random.NextDouble(),
        NextState = new State(AnyKey(random)),
    };

    /// <summary>Any transitions.</summary>
    public static Transition[] AnyTransitions(Random random, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => AnyTransition(random))];

    /// <summary>Stores all Q-values of an agent type, so that a read finds something and an update updates.</summary>
    public static Task FillAsync(AgentTypeClient type, CancellationToken cancellationToken) => FillAsync(type, States, cancellationToken);

    /// <summary>Stores the Q-values of some states.</summary>
    public static async Task FillAsync(AgentTypeClient type, int states, CancellationToken cancellationToken)
    {
        var values = from state in Enumerable.Range(0, states)
                     from action in Enumerable.Range(0, Actions)
                     select new QValueUpsert(new State(Key(state)), Action(action), action);
        foreach (var batch in values.Chunk(QLimits.MaxBatch))
        {
            await type.UpsertAsync(batch, WriteMode.Durable, cancellationToken);
        }
    }

    private static string Json(int i) => string.Create(CultureInfo.InvariantCulture, $$"""{"module": "orders", "case": {{i}}}""");
}
