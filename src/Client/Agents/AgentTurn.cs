using QLearning.Abstractions;

namespace QLearning.Client.Agents;

/// <summary>Refuses a call of an agent that overlaps another: what both would change, its episode, knows only one at a time.</summary>
internal sealed class AgentTurn(AgentKey agent)
{
    private string? _underWay;

    /// <summary>Begins a call, which ends when the answer is disposed of.</summary>
    /// <param name="call">What it does, as a message tells it, such as <c>choosing an action</c>.</param>
    /// <exception cref="AgentStateException">Another call is under way.</exception>
    public Call Begin(string call) => Interlocked.CompareExchange(ref _underWay, call, null) is not { } other
        ? new Call(this)
        : throw AgentStateException.For(
            agent,
            $"is still {other}, and {call} overlaps that",
            "awaiting each call before the next one: an agent does one thing after another");

    /// <summary>A call under way.</summary>
    public readonly struct Call(AgentTurn turn) : IDisposable
    {
        public void Dispose() => Volatile.Write(ref turn._underWay, null);
    }
}
