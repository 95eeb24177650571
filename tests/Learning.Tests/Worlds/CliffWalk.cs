namespace QLearning.Learning.Tests.Worlds;

/// <summary>
/// The cliff walking world of Sutton &amp; Barto, example 6.6: 4 rows of 12 cells, from the lower left to the lower right corner. A step
/// earns −1; the cells between the corners are a cliff, where a step earns −100 and leads back to the start.
/// </summary>
internal static class CliffWalk
{
    public const int Rows = 4;
    public const int Columns = 12;
    public const int Start = (Rows - 1) * Columns;
    public const int Goal = (Rows * Columns) - 1;
    public const int ActionCount = 4;

    private const int Up = 0;
    private const int Right = 1;
    private const int Down = 2;

    private static readonly AgentAction[] _actions = [.. new[] { "up", "right", "down", "left" }.Select(AgentAction.Named)];
    private static readonly State[] _states = [.. Enumerable.Range(0, Rows * Columns).Select(cell => State.FromKey($"cell {cell}"))];

    /// <summary>The keys of the actions; all are possible in every cell, so those never learned count with 0.</summary>
    public static ActionKey[] ActionKeys { get; } = [.. _actions.Select(action => action.Key)];

    /// <summary>The cells an agent can stand in and act.</summary>
    public static IEnumerable<int> Cells => Enumerable.Range(0, Start + 1);

    public static StateKey KeyOf(int cell) => _states[cell].Key;

    public static int RowOf(int cell) => cell / Columns;

    /// <summary>What an action in a cell leads to.</summary>
    public static (int Next, double Reward, bool Done) Step(int cell, int action)
    {
        var (row, column) = (RowOf(cell), cell % Columns);
        (row, column) = action switch
        {
            Up => (Math.Max(row - 1, 0), column),
            Right => (row, Math.Min(column + 1, Columns - 1)),
            Down => (Math.Min(row + 1, Rows - 1), column),
            _ => (row, Math.Max(column - 1, 0)),
        };
        var next = (row * Columns) + column;
        return next is > Start and < Goal ? (Start, -100, false) : (next, -1, next == Goal);
    }

    /// <summary>The same as a message; the action taken next is what SARSA needs.</summary>
    public static Transition Transition(int cell, int action, int? nextAction = null)
    {
        var (next, reward, done) = Step(cell, action);
        return new Transition
        {
            State = _states[cell],
            Action = _actions[action],
            Reward = reward,
            NextState = _states[next],
            NextAction = nextAction is { } index ? _actions[index] : null,
            NextActions = ActionKeys,
            Done = done,
        };
    }
}
