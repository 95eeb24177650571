namespace QLearning.Abstractions;

/// <summary>What of a Q-table is to be forgotten: one Q-value, a state, or all that a partition owns.</summary>
[GenerateSerializer, Immutable]
[Alias("QLearning.ForgetRequest")]
public sealed record ForgetRequest
{
    /// <summary>The state; null: all of them.</summary>
    [Id(0)]
    public StateKey? State { get; init; }

    /// <summary>The action; null: all that were learned in the state.</summary>
    [Id(1)]
    public ActionKey? Action { get; init; }

    /// <summary>Only counts what would be forgotten.</summary>
    [Id(2)]
    public bool IsDryRun { get; init; }

    /// <summary>The request's own id, not empty: to ask again with it, after all states were forgotten, forgets nothing more.</summary>
    [Id(3)]
    public Guid Id { get; init; } = Guid.CreateVersion7();
}

/// <summary>The answer to <see cref="ForgetRequest"/>.</summary>
/// <param name="QValues">
/// How many Q-values were forgotten, or would be; null: it takes longer, and goes on until it is asked for again.
/// </param>
/// <param name="Partitions">Into how many partitions the Q-table is divided.</param>
[GenerateSerializer, Immutable]
[Alias("QLearning.ForgetResult")]
public sealed record ForgetResult([property: Id(0)] long? QValues, [property: Id(1)] int Partitions);
