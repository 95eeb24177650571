using QLearning.Abstractions;

namespace QLearning.Bench.Chaos.Roads;

/// <summary>Transitions that callers learn.</summary>
internal static class Steps
{
    /// <summary>The action that is taken.</summary>
    public static AgentAction Act { get; } = AgentAction.Named("act");

    /// <summary>The last step of an episode.</summary>
    public static Transition Last(string state) => Last(State.FromKey(state));

    /// <summary>The last step of an episode.</summary>
    public static Transition Last(State state) => new() { State = state, Action = Act, Reward = 1, Done = true };

    /// <summary>A step that leads to another state.</summary>
    public static Transition To(string state, string next) =>
        new() { State = State.FromKey(state), Action = Act, Reward = 1, NextState = State.FromKey(next), NextAction = Act };

    /// <summary>A step without its next action, which SARSA refuses; only the owner of the state knows the rule.</summary>
    public static Transition Wrong(string state, string next) => To(state, next) with { NextAction = null };
}
