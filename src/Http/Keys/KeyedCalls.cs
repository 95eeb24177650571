using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using QLearning.Abstractions;
using QLearning.Client;
using QLearning.Http.Bodies;
using QLearning.Http.Problems;
using QLearning.Http.Routes;

namespace QLearning.Http.Keys;

/// <summary>
/// Does a request that has an <c>Idempotency-Key</c> once, however often it is sent and to whichever process. The key is claimed before
/// anything is done; the claim names the numbers of the request's updates, or the ids of what it makes, which stay the same when it is
/// claimed again. So a process may end at any point: what was done is known by its numbers, and what was not done is done by whoever
/// repeats the request. It is answered, and its answer kept, when all of it is durable.
/// </summary>
/// <param name="client">The cluster.</param>
/// <param name="logger">Gets keys that could not be held or released.</param>
/// <param name="time">When a key is to be held for longer.</param>
internal sealed class KeyedCalls(IQLearningClient client, ILogger<KeyedCalls> logger, TimeProvider time)
{
    public const string Header = "Idempotency-Key";

    /// <summary>Does a request that makes something new rather than updates; the claim's client id is the id for that.</summary>
    public Task<Answer<T>> RunAsync<T>(
        HttpContext context, byte[] body, Func<Guid?, CancellationToken, Task<T>> work) => RunAsync(
            context, body, static () => new UpdateId(Guid.NewGuid(), 1, 1), (numbers, token) => work(numbers?.ClientId, token));

    /// <summary>Does a request that makes updates.</summary>
    /// <param name="context">The request.</param>
    /// <param name="body">Its body.</param>
    /// <param name="take">Takes numbers for its updates.</param>
    /// <param name="work">Does it: under the numbers given, and durably; or, without a key, as it likes.</param>
    public async Task<Answer<T>> RunAsync<T>(
        HttpContext context, byte[] body, Func<UpdateId> take, Func<UpdateId?, CancellationToken, Task<T>> work)
    {
        if (KeyOf(context) is not { } key)
        {
            return new Answer<T>(await work(null, context.RequestAborted));
        }

        var request = context.Request;
        var claim = new RequestClaim
        {
            Scope = ScopeOf(context),
            Key = key,
            Digest = DigestOf($"{request.Method} {request.Path}{request.QueryString}\n", body),
            Numbers = take(),
        };
        return await RunAsync(claim, work, context.RequestAborted);
    }

    /// <summary>As the other, for a part of a request that has a claim of its own.</summary>
    public async Task<Answer<T>> RunAsync<T>(
        RequestClaim claim, Func<UpdateId?, CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        var claimed = await client.RequestKeys.ClaimAsync(claim, cancellationToken);
        switch (claimed.Outcome)
        {
            case RequestClaimOutcome.Answered:
                return new Answer<T>(default, claimed.Answer);
            case RequestClaimOutcome.OtherRequest:
                throw new RequestException(
                    ProblemTypes.KeyReused,
                    $"The {Header} '{claim.Key}' was used for another request in the last 24 hours. Allowed: a key of its own for each "
                    + "request, or the same request with it.");
            case RequestClaimOutcome.Busy:
                throw new RequestException(new Problem(
                    ProblemTypes.KeyBusy, $"The request with the {Header} '{claim.Key}' is under way. Send it again for its answer.")
                {
                    RetryAfter = claimed.BusyFor,
                });
        }

        try
        {
            var value = await WorkAsync(claim, claimed.Numbers, work);
            await KeepAsync(claim, JsonSerializer.Serialize(value, HttpJson.Options));
            return new Answer<T>(value);
        }
        catch (Exception error)
        {
            await ReleaseAsync(claim, IsUndone(error) && IsFirst(claim, claimed));
            throw;
        }
    }

    /// <summary>The key of a request; null: it has none.</summary>
    /// <exception cref="InvalidInputException">It has several.</exception>
    public static string? KeyOf(HttpContext context) => context.Request.Headers[Header] switch
    {
        { Count: 0 } => null,
        [{ } key] => key,
        var several => throw InvalidInputException.For(Header, several, "it is there twice", "one key"),
    };

    /// <summary>What tells a request from others.</summary>
    public static byte[] DigestOf(string head, ReadOnlySpan<byte> body)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(head));
        hash.AppendData(body);
        return hash.GetHashAndReset();
    }

    /// <summary>Whose key it is: callers who are known by name have keys of their own.</summary>
    public static string ScopeOf(HttpContext context) =>
        context.User.Identity is { IsAuthenticated: true, Name: { Length: > 0 and <= QLimits.MaxScopeCharacters } name }
            ? name
            : string.Empty;

    // A caller who goes away does not end it: who repeats the request would do it beside what is still under way in the cluster.
    private async Task<T> WorkAsync<T>(RequestClaim claim, UpdateId numbers, Func<UpdateId?, CancellationToken, Task<T>> work)
    {
        await using var held = new HeldClaim(claim, client.RequestKeys, logger, time);
        return await work(numbers, CancellationToken.None);
    }

    private async Task ReleaseAsync(RequestClaim claim, bool isUndone)
    {
        try
        {
            await client.RequestKeys.ReleaseAsync(claim, isUndone, CancellationToken.None);
        }
        catch (QLearningException error)
        {
            // The caller must hear why his request failed, not this: the key is free by itself when its time is over.
            logger.KeyNotReleased(error, claim.HoldFor);
        }
    }

    // A longer answer is not kept: whoever repeats the request does it again under the same numbers, and is told what is known now.
    private Task KeepAsync(RequestClaim claim, string answer) => answer.Length <= QLimits.MaxKeptAnswerCharacters
        ? client.RequestKeys.CompleteAsync(claim, answer, CancellationToken.None)
        : client.RequestKeys.ReleaseAsync(claim, isUndone: false, CancellationToken.None);

    // A refusal says nothing of an earlier try, which may have taken effect: who repeats the request after it must get the same numbers.
    private static bool IsFirst(RequestClaim claim, ClaimedRequest claimed) =>
        (claim.Numbers.ClientId, claim.Numbers.Number) == (claimed.Numbers.ClientId, claimed.Numbers.Number);

    /// <summary>Whether an error says that nothing was done by this try.</summary>
    private static bool IsUndone(Exception error) => error
        is InvalidInputException or UnknownAgentTypeException or UnknownAgentException or UnknownSessionException
        or UnknownPatternException or AgentStateException or WriteBacklogFullException or RequestException;
}
