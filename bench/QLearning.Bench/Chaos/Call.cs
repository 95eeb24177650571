namespace QLearning.Bench.Chaos;

/// <summary>One call of a client under faults, or one update of a call with several.</summary>
/// <param name="key">What it changes: an agent type's state, a trajectory or the row of a late reward.</param>
/// <param name="kind">What it is.</param>
/// <param name="count">How many updates it makes.</param>
/// <param name="sent">When it was sent, since the begin of the run.</param>
internal sealed class Call(string key, CallKind kind, int count, TimeSpan sent)
{
    public string Key { get; } = key;

    public CallKind Kind { get; } = kind;

    public int Count { get; } = count;

    public TimeSpan Sent { get; } = sent;

    /// <summary>The way that the update takes, as reports name it.</summary>
    public string Road { get; init; } = "-";

    /// <summary>Whether it is wrong on purpose, in a way that only the owner of the state can see.</summary>
    public bool MustBeRefused { get; init; }

    /// <summary>Whether it may be refused because another update of the same call is wrong.</summary>
    public bool RefusedWithOthers { get; init; }

    /// <summary>When the client knew how it ended.</summary>
    public TimeSpan Ended { get; private set; } = TimeSpan.MaxValue;

    /// <summary>How it ended, as far as the client knows.</summary>
    public CallOutcome Outcome { get; private set; } = CallOutcome.Unknown;

    /// <summary>What the client was told instead of the answer that it should have had.</summary>
    public string? Error { get; private set; }

    public void End(CallOutcome outcome, TimeSpan at, string? error = null) => (Outcome, Ended, Error) = (outcome, at, error);
}
