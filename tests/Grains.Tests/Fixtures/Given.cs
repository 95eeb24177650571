namespace QLearning.Grains.Tests.Fixtures;

/// <summary>Messages in one line.</summary>
internal static class Given
{
    public static StateKey State(string key) => StateKey.Parse(key);

    public static Transition Last(string state, string action, double reward) =>
        new() { State = new State(State(state)), Action = AgentAction.Named(action), Reward = reward, Done = true };

    public static Transition Step(string state, string action, double reward, string next, string? nextAction = null) => new()
    {
        State = new State(State(state)),
        Action = AgentAction.Named(action),
        Reward = reward,
        NextState = new State(State(next)),
        NextAction = nextAction is null ? null : AgentAction.Named(nextAction),
    };

    public static QValueUpsert Value(string state, string action, double value) =>
        new(new State(State(state)), AgentAction.Named(action), value);

    public static SelectActionRequest Select(string state, double? rate = null, params string[] candidates) =>
        new() { State = State(state), ExplorationRate = rate, Candidates = [.. candidates.Select(AgentAction.Named)] };
}
