namespace QLearning.Abstractions;

/// <summary>
/// Keeps the keys of requests for 24 hours; many activations share the work. What a request has learned is not kept here but with its
/// Q-values, by the numbers that its claim names: so it counts once also when the process that does it ends in the middle. Every call may
/// throw <see cref="StorageUnavailableException"/> and <see cref="InvalidInputException"/>.
/// </summary>
[Alias("QLearning.IRequestKeyGrain")]
public interface IRequestKeyGrain : IGrainWithIntegerKey
{
    /// <summary>Claims a key; durable before the answer.</summary>
    /// <param name="claim">The key, and which request it is for.</param>
    [Alias("Claim")]
    ValueTask<ClaimedRequest> Claim(RequestClaim claim);

    /// <summary>Stores what was answered, now that everything the request did is durable. The first answer stays.</summary>
    /// <param name="claim">The claim.</param>
    /// <param name="answer">The answer.</param>
    [Alias("Complete")]
    ValueTask Complete(RequestClaim claim, string answer);

    /// <summary>Ends a claim without an answer.</summary>
    /// <param name="claim">The claim.</param>
    /// <param name="isUndone">
    /// True: the request certainly did nothing, and its key is free for another one. False: that is not known; the same request may be sent
    /// again at once.
    /// </param>
    [Alias("Release")]
    ValueTask Release(RequestClaim claim, bool isUndone);
}
