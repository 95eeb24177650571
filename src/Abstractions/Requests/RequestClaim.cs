namespace QLearning.Abstractions;

/// <summary>Claims the key of a request before it is done, so that it is done once however often it is sent.</summary>
[GenerateSerializer, Immutable]
[Alias("QLearning.RequestClaim")]
public sealed record RequestClaim
{
    /// <summary>Whose key it is, at most <see cref="QLimits.MaxScopeCharacters"/>: callers may choose the same keys.</summary>
    [Id(0)]
    public string Scope { get; init; } = string.Empty;

    /// <summary>The key, 1 to <see cref="QLimits.MaxRequestKeyCharacters"/>.</summary>
    [Id(1)]
    public required string Key { get; init; }

    /// <summary>What tells this request from any other, such as a hash of it: 1 to <see cref="QLimits.MaxDigestBytes"/> bytes.</summary>
    [Id(2)]
    public required byte[] Digest { get; init; }

    /// <summary>The numbers for its updates, if the key was not claimed before: those are never used for another request.</summary>
    [Id(3)]
    public required UpdateId Numbers { get; init; }

    /// <summary>Who claims it: an id of its own for each claim, not empty.</summary>
    [Id(4)]
    public Guid Holder { get; init; } = Guid.NewGuid();

    /// <summary>
    /// For how long others are turned away, above 0 up to an hour. It spares work, and is not what makes a request count once: who claims
    /// it after that gets the same numbers. So it is short, for whoever repeats the request of a process that has died. Default: 2 s.
    /// </summary>
    [Id(5)]
    public TimeSpan HoldFor { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Whether its holder goes on holding it, since the request takes longer: others are turned away for <see cref="HoldFor"/> from now on.
    /// What is no longer his is not claimed.
    /// </summary>
    [Id(6)]
    public bool IsRenewal { get; init; }
}

/// <summary>What became of a <see cref="RequestClaim"/>.</summary>
public enum RequestClaimOutcome
{
    /// <summary>The request is to be done, under the numbers that the answer names.</summary>
    Claimed = 0,

    /// <summary>It was done; the answer is that of then.</summary>
    Answered = 1,

    /// <summary>Somebody else is doing it.</summary>
    Busy = 2,

    /// <summary>The key was claimed for another request.</summary>
    OtherRequest = 3,
}

/// <summary>The answer to <see cref="RequestClaim"/>.</summary>
/// <param name="Outcome">What is to be done.</param>
/// <param name="Numbers">The numbers for the request's updates; those of the first claim when it is claimed again.</param>
/// <param name="Answer">What was answered; null: nothing yet.</param>
/// <param name="BusyFor">How long it is held by somebody else at most; zero: it is not.</param>
[GenerateSerializer, Immutable]
[Alias("QLearning.ClaimedRequest")]
public sealed record ClaimedRequest(
    [property: Id(0)] RequestClaimOutcome Outcome,
    [property: Id(1)] UpdateId Numbers,
    [property: Id(2)] string? Answer,
    [property: Id(3)] TimeSpan BusyFor);
