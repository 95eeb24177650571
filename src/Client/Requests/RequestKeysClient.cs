using QLearning.Abstractions;
using QLearning.Client.Connection;

namespace QLearning.Client;

/// <summary>
/// Keys of requests that may be repeated through any process, for 24 hours, and are done once. Who makes a request on somebody's behalf
/// claims its key first, makes its updates under the numbers that the claim names, and then completes it. Every call may throw
/// <see cref="InvalidInputException"/>, <see cref="StorageUnavailableException"/> and <see cref="ClusterUnavailableException"/>.
/// </summary>
public sealed class RequestKeysClient
{
    private readonly IGrainFactory _grains;
    private readonly IClusterCalls _calls;

    internal RequestKeysClient(IGrainFactory grains, IClusterCalls calls) => (_grains, _calls) = (grains, calls);

    private IRequestKeyGrain Grain => _grains.GetKnown<IRequestKeyGrain>(0);

    /// <summary>Claims a key; durable when this returns.</summary>
    /// <param name="claim">The key, and which request it is for.</param>
    /// <param name="cancellationToken">Ends the waiting; it may still be claimed until its time to hold is over.</param>
    public Task<ClaimedRequest> ClaimAsync(RequestClaim claim, CancellationToken cancellationToken = default) =>
        _calls.OnceAsync("claim a request's key", () => Grain.Claim(claim), cancellationToken);

    /// <summary>Stores the answer to a request, all of whose effects are durable. The first answer stays.</summary>
    /// <param name="claim">The claim.</param>
    /// <param name="answer">At most <see cref="QLimits.MaxKeptAnswerCharacters"/>.</param>
    /// <param name="cancellationToken">Ends the waiting; it may still be stored.</param>
    public Task CompleteAsync(RequestClaim claim, string answer, CancellationToken cancellationToken = default) =>
        _calls.RepeatableAsync("store the answer to a request", () => Grain.Complete(claim, answer), cancellationToken);

    /// <summary>Ends a claim without an answer.</summary>
    /// <param name="claim">The claim.</param>
    /// <param name="isUndone">
    /// True: the request certainly did nothing, and its key is free for another one. False: that is not known; the same request may be
    /// repeated at once.
    /// </param>
    /// <param name="cancellationToken">Ends the waiting; it may still be released.</param>
    public Task ReleaseAsync(RequestClaim claim, bool isUndone, CancellationToken cancellationToken = default) =>
        _calls.RepeatableAsync("release a request's key", () => Grain.Release(claim, isUndone), cancellationToken);
}
