namespace QLearning.Learning.Tests.Worlds;

/// <summary>
/// The random walk of Sutton &amp; Barto, example 6.2: five states in a row, from the middle one a step left or right by the toss of a
/// coin. Past the right end the reward is 1, past the left end 0; both end the episode.
/// </summary>
internal static class RandomWalk
{
    public const int States = 5;
    public const int Middle = States / 2;

    private static readonly State[] _states = [.. Enumerable.Range(0, States).Select(state => State.FromKey($"{(char)('A' + state)}"))];

    public static StateKey KeyOf(int state) => _states[state].Key;

    /// <summary>The probability to end on the right: the value of a state at γ 1.</summary>
    public static double ValueOf(int state) => (state + 1) / (States + 1.0);

    /// <summary>One step by an action to a neighbour, the last one when it leads past an end.</summary>
    public static Transition Step(int from, int to, AgentAction action) => new()
    {
        State = _states[from],
        Action = action,
        Reward = to == States ? 1 : 0,
        NextState = to is >= 0 and < States ? _states[to] : null,
        NextAction = action,
        Done = to is < 0 or >= States,
    };
}
