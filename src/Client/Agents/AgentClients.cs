using System.Collections.Concurrent;
using QLearning.Abstractions;

namespace QLearning.Client.Agents;

/// <summary>
/// One client for each agent, so that all who name it share its episode. Kept while somebody holds it or an episode is running, for a day
/// after its last step; thousands of agents that were used once do not stay in memory. Safe for several threads.
/// </summary>
/// <param name="time">The clock.</param>
internal sealed class AgentClients(TimeProvider time)
{
    private const int MinToPrune = 1_000;

    private static readonly TimeSpan _maxIdle = TimeSpan.FromHours(24);

    private readonly ConcurrentDictionary<AgentKey, WeakReference<AgentClient>> _known = new();
    private readonly ConcurrentDictionary<AgentClient, long> _inEpisode = new();
    private int _pruneAt = MinToPrune;

    /// <summary>The client of an agent.</summary>
    public AgentClient GetOrAdd(AgentKey key, Func<AgentKey, AgentClient> make)
    {
        while (true)
        {
            var reference = _known.GetOrAdd(key, added => new WeakReference<AgentClient>(make(added)));
            if (reference.TryGetTarget(out var client))
            {
                Prune();
                return client;
            }

            _known.TryRemove(new(key, reference));
        }
    }

    /// <summary>Notes that an agent's episode goes on, or has ended.</summary>
    public void Keep(AgentClient client, bool isInEpisode)
    {
        if (isInEpisode)
        {
            _inEpisode[client] = time.GetTimestamp();
        }
        else
        {
            _inEpisode.TryRemove(client, out _);
        }
    }

    private void Prune()
    {
        if (_known.Count < Volatile.Read(ref _pruneAt))
        {
            return;
        }

        foreach (var running in _inEpisode)
        {
            if (time.GetElapsedTime(running.Value) > _maxIdle)
            {
                _inEpisode.TryRemove(running);
            }
        }

        foreach (var known in _known)
        {
            if (!known.Value.TryGetTarget(out _))
            {
                _known.TryRemove(known);
            }
        }

        Volatile.Write(ref _pruneAt, Math.Max(MinToPrune, _known.Count * 2));
    }
}
