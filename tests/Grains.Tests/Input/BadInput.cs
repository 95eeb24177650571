namespace QLearning.Grains.Tests.Input;

/// <summary>Calls with something that is not allowed: by a name that says what, and the words that the error must have.</summary>
internal static class BadInput
{
    private static readonly State _state = State.FromKey("new");
    private static readonly AgentAction _action = AgentAction.Named("new");
    private static readonly Transition _step = Given.Last("new", "new", 1);
    private static readonly string _deep = new string('[', QLimits.MaxJsonDepth + 1) + new string(']', QLimits.MaxJsonDepth + 1);
    private static readonly string _large = $"\"{new string('x', QLimits.MaxJsonBytes)}\"";
    private static readonly ActionKey[] _tooManyKeys = [.. Enumerable.Range(0, QLimits.MaxCandidates + 1)
        .Select(i => ActionKey.Parse($"a{i}"))];

    public static Dictionary<string, (Transition? Transition, string Words)> Transitions { get; } = new()
    {
        ["none at all"] = (null, "transition"),
        ["empty state key"] = (_step with { State = default }, "state key"),
        ["empty action key"] = (_step with { Action = default }, "action key"),
        ["reward NaN"] = (_step with { Reward = double.NaN }, "reward 'NaN'"),
        ["reward infinite"] = (_step with { Reward = double.PositiveInfinity }, "reward 'Infinity'"),
        ["reward infinitely small"] = (_step with { Reward = double.NegativeInfinity }, "reward '-Infinity'"),
        ["reward too large"] = (_step with { Reward = 1e9 }, "reward '1000000000'"),
        ["no next state"] = (_step with { Done = false }, "next state"),
        ["empty next state key"] = (_step with { Done = false, NextState = default(State) }, "state key"),
        ["empty next action key"] = (_step with { NextAction = default(AgentAction) }, "action key"),
        ["empty key among the next actions"] = (_step with { NextActions = [default] }, "next actions"),
        ["a next action named twice"] =
            (_step with { NextActions = [ActionKey.Parse("x"), ActionKey.Parse("y"), ActionKey.Parse("x")] }, "next action 'x'"),
        ["one of many next actions named twice"] =
            (_step with { NextActions = [.. _tooManyKeys[..500], _tooManyKeys[77]] }, "next action 'a77'"),
        ["cut without a next state"] = (_step with { Done = false, Truncated = true }, "next state"),
        ["too many next actions"] = (_step with { NextActions = _tooManyKeys }, "next actions '1001'"),
        ["state JSON too deep"] = (_step with { State = _state with { Json = _deep } }, "state"),
        ["state JSON too large"] = (_step with { State = _state with { Json = _large } }, "262146 bytes"),
        ["state JSON empty"] = (_step with { State = _state with { Json = string.Empty } }, "it is empty"),
        ["action JSON is none"] = (_step with { Action = _action with { Json = "{run: all}" } }, "it is not JSON"),
        ["action JSON with a name twice"] = (_step with { Action = _action with { Json = """{"a":1,"a":2}""" } }, "it is not JSON"),
        ["action JSON with NUL"] = (_step with { Action = _action with { Json = "\"\\u0000\"" } }, "NUL"),
        ["action JSON with half a surrogate pair"] = (_step with { Action = _action with { Json = "\"\\ud800\"" } }, "not valid Unicode"),
        ["action JSON with a number nearer to zero than numeric can store"] =
            (_step with { Action = _action with { Json = "1e-99999" } }, "too many decimals"),
        ["action JSON with more decimals than numeric can store"] =
            (_step with { Action = _action with { Json = $"0.{new string('1', 20_000)}" } }, "too many decimals"),
        ["action JSON with a number beyond double"] = (_step with { Action = _action with { Json = "1e999" } }, "beyond the range"),
    };

    public static Dictionary<string, (QValueUpsert Upsert, string Words)> Upserts { get; } = new()
    {
        ["nothing in it"] = (default, "state key"),
        ["empty action key"] = (new QValueUpsert(_state, default, 1), "action key"),
        ["value NaN"] = (new QValueUpsert(_state, _action, double.NaN), "Q-value 'NaN'"),
        ["value infinite"] = (new QValueUpsert(_state, _action, double.NegativeInfinity), "Q-value '-Infinity'"),
        ["value too large"] = (new QValueUpsert(_state, _action, 1_000_000), "at most 999999.999999 in size"),
        ["state JSON too deep"] = (new QValueUpsert(_state with { Json = _deep }, _action, 1), "state"),
        ["action JSON too large"] = (new QValueUpsert(_state, _action with { Json = _large }, 1), "262146 bytes"),
    };

    public static Dictionary<string, (SelectActionRequest? Request, string Words)> Selections { get; } = new()
    {
        ["none at all"] = (null, "request"),
        ["empty state key"] = (new SelectActionRequest { State = default, Candidates = [_action] }, "state key"),
        ["empty candidate"] = (new SelectActionRequest { State = _state.Key, Candidates = [default] }, "action key"),
        ["no list of candidates"] = (new SelectActionRequest { State = _state.Key, Candidates = null! }, "number of candidates"),
        ["too many candidates"] =
            (new SelectActionRequest { State = _state.Key, Candidates = [.. _tooManyKeys.Select(key => new AgentAction(key))] }, "'1001'"),
        ["a candidate named twice"] =
            (new SelectActionRequest { State = _state.Key, Candidates = [_action, AgentAction.Named("x"), new(_action.Key)] }, "'new'"),
        ["one of many candidates named twice"] = (
            new SelectActionRequest
            {
                State = _state.Key,
                Candidates = [.. _tooManyKeys[..500].Append(_tooManyKeys[77]).Select(key => new AgentAction(key))],
            },
            "candidate 'a77'"),
        ["candidate JSON too deep"] =
            (new SelectActionRequest { State = _state.Key, Candidates = [_action with { Json = _deep }] }, "action"),
        ["rate below 0"] = (Given.Select("s", -0.1, "a"), "exploration rate '-0.1'"),
        ["rate above 1"] = (Given.Select("s", 1.1, "a"), "exploration rate '1.1'"),
        ["rate NaN"] = (Given.Select("s", double.NaN, "a"), "exploration rate 'NaN'"),
    };

    public static Dictionary<string, (StateKey[]? States, string Words)> StateLists { get; } = new()
    {
        ["none at all"] = (null, "number of states"),
        ["empty key"] = ([_state.Key, default], "state key"),
        ["too many"] = ([.. Enumerable.Repeat(_state.Key, QLimits.MaxBatch + 1)], "number of states '10001'"),
    };
}
