namespace QLearning.Client.Tests.Fixtures;

/// <summary>Messages in one line.</summary>
internal static class Given
{
    public static StateKey State(string key) => StateKey.Parse(key);

    public static Transition Last(string state, string action, double reward) =>
        new() { State = new State(State(state)), Action = AgentAction.Named(action), Reward = reward, Done = true };

    public static QValueUpsert Value(string state, string action, double value) =>
        new(new State(State(state)), AgentAction.Named(action), value);
}
