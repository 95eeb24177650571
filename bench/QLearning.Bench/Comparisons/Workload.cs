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

    private static readonly StateKey[] _keys = [.. Enumerable.Range(0, States).Select(i => State.FromJson(Json(i)).Key)];

    /// <summary>A state's key: a hash, as most callers have it.</summary>
    public static StateKey Key(int state) => _keys[state];

    /// <summary>Any state's key.</summary>
    public static StateKey AnyKey(Random random) => _keys[random.Next(States)];

    /// <summary>An action.</summary>
    public static AgentAction Action(int i) => AgentAction.Named(string.Create(CultureInfo.InvariantCulture, $"action {i}"));

    /// <summary>Any transition.</summary>
    public static Transition AnyTransition(Random random) => new()
    {
        State = State.FromKey(AnyKey(random).ToString()),
        Action = Action(random.Next(Actions)),
        Reward = random.NextDouble(),
        NextState = State.FromKey(AnyKey(random).ToString()),
    };

    /// <summary>Any transitions.</summary>
    public static Transition[] AnyTransitions(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => AnyTransition(random))];

    /// <summary>Stores all Q-values of an agent type, so that a read finds something and an update updates.</summary>
    public static async Task FillAsync(AgentTypeClient type, CancellationToken cancellationToken)
    {
        var values = from state in Enumerable.Range(0, States)
                     from action in Enumerable.Range(0, Actions)
                     select new QValueUpsert(State.FromKey(Key(state).ToString()), Action(action), action);
        foreach (var batch in values.Chunk(QLimits.MaxBatch))
        {
            await type.UpsertAsync(batch, WriteMode.Durable, cancellationToken);
        }
    }

    private static string Json(int i) => string.Create(CultureInfo.InvariantCulture, $$"""{"module": "orders", "case": {{i}}}""");
}
