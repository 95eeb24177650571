using System.Collections.Concurrent;
using System.Security.Claims;
using QLearning.Abstractions;
using QLearning.Client;

namespace QLearning.Http.Security;

/// <summary>
/// Whose a key is, from memory: the cluster is asked again after five seconds, so that a revoked key ends within these. While neither
/// cluster nor database can be asked, a key that was valid stays so for ten minutes: what is in memory is answered through an outage.
/// </summary>
/// <param name="client">The cluster.</param>
/// <param name="time">The clock.</param>
internal sealed class KnownApiKeys(IQLearningClient client, TimeProvider time) : IDisposable
{
    public const string AuthenticationType = "ApiKey";

    private const int MostKeys = 10_000;
    private const int MostStrangers = 8;

    private static readonly TimeSpan _fresh = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan _outage = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<string, Known> _known = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Lazy<Task<Known>>> _asked = new(StringComparer.Ordinal);

    // Keys that were never seen are looked up few at a time: who sends many made-up ones must not keep the database busy.
    private readonly SemaphoreSlim _strangers = new(MostStrangers, MostStrangers);

    /// <summary>Who calls with a key; null: the key is unknown or no longer valid.</summary>
    /// <exception cref="QLearningException">Neither memory nor the cluster can say.</exception>
    public async ValueTask<ClaimsPrincipal?> FindAsync(string key, CancellationToken cancellationToken)
    {
        var hash = ApiKey.HashOf(key);
        var id = Convert.ToBase64String(hash);
        if (!_known.TryGetValue(id, out var known))
        {
            await _strangers.WaitAsync(cancellationToken);
            try
            {
                known = await AskAsync(id, hash).WaitAsync(cancellationToken);
            }
            finally
            {
                _strangers.Release();
            }
        }
        else if (time.GetElapsedTime(known.CheckedAt) >= _fresh)
        {
            known = await AskAgainAsync(id, hash, known, cancellationToken);
        }

        return known.ExpiresAt <= time.GetUtcNow() ? null : known.Caller;
    }

    /// <summary>No request is served any more.</summary>
    public void Dispose() => _strangers.Dispose();

    private async Task<Known> AskAgainAsync(string id, byte[] hash, Known known, CancellationToken cancellationToken)
    {
        try
        {
            return await AskAsync(id, hash).WaitAsync(_patience, time, cancellationToken);
        }
        catch (Exception error) when (
            error is TimeoutException or StorageUnavailableException or ClusterUnavailableException
            && known.Caller is not null && time.GetElapsedTime(known.ConfirmedAt) < _outage)
        {
            var kept = known with { CheckedAt = time.GetTimestamp() };
            _known[id] = kept;
            return kept;
        }
        catch (TimeoutException error)
        {
            throw new ClusterUnavailableException("Whose the key is could not be found out in time. Ask again.", error);
        }
    }

    // One question for all who wait for it.
    private Task<Known> AskAsync(string id, byte[] hash) =>
        _asked.GetOrAdd(id, _ => new Lazy<Task<Known>>(() => LookUpAsync(id, hash))).Value;

    private async Task<Known> LookUpAsync(string id, byte[] hash)
    {
        // So that the question is in the list before it is taken out of it.
        await Task.Yield();
        try
        {
            var holder = await client.ApiKeys.FindAsync(hash, CancellationToken.None);
            var now = time.GetTimestamp();
            var caller = holder is null ? null : CallerAccess.Of(holder, AuthenticationType);
            var known = new Known(caller, holder?.ExpiresAt, now, now);
            MakeRoom();
            _known[id] = known;
            return known;
        }
        finally
        {
            _asked.TryRemove(id, out _);
        }
    }

    private void MakeRoom()
    {
        if (_known.Count < MostKeys)
        {
            return;
        }

        foreach (var (id, known) in _known)
        {
            if (known.Caller is null || time.GetElapsedTime(known.CheckedAt) >= _outage)
            {
                _known.TryRemove(id, out _);
            }
        }
    }

    private sealed record Known(ClaimsPrincipal? Caller, DateTimeOffset? ExpiresAt, long ConfirmedAt, long CheckedAt);
}
