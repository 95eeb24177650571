using System.Collections.Concurrent;
using QLearning.Abstractions;
using QLearning.Storage.AgentTypes;

namespace QLearning.Grains.AgentTypes;

/// <summary>
/// The agent types as grains that do not own their Q-tables need them: at most a second old, so that thousands of agents do not each ask
/// the database at each episode; older only while PostgreSQL is away. All who ask while the answer is under way share it. One per silo.
/// </summary>
/// <param name="store">Reads agent types.</param>
/// <param name="time">The clock.</param>
/// <param name="scheduler">Runs the reading; null: the thread pool.</param>
internal sealed class AgentTypeCache(IAgentTypeReader store, TimeProvider time, TaskScheduler? scheduler = null)
{
    private static readonly TimeSpan _maxAge = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, Asked> _types = new(StringComparer.Ordinal);

    // As they were when their settings could be used.
    private readonly ConcurrentDictionary<string, AgentTypeInfo> _usable = new(StringComparer.Ordinal);

    /// <summary>How many names it remembers: those of registered types, and those that are being asked for.</summary>
    internal int Count => _types.Count;

    /// <summary>One agent type.</summary>
    /// <exception cref="UnknownAgentTypeException">It is not registered.</exception>
    /// <exception cref="InvalidInputException">Its settings cannot be used and never could since the silo began.</exception>
    /// <exception cref="StorageUnavailableException">PostgreSQL cannot be asked, and it was not known before.</exception>
    public ValueTask<AgentTypeInfo> GetAsync(string agentType, CancellationToken cancellationToken) =>
        _types.TryGetValue(agentType, out var known) && IsUsable(known)
            ? known.Answer is { IsCompletedSuccessfully: true } answer ? new(answer.Result) : new(known.Answer.WaitAsync(cancellationToken))
            : new(AskAsync(agentType, cancellationToken));

    // An answer that is still to come was asked for no longer ago than the query may take.
    private bool IsUsable(Asked asked) => !asked.Answer.IsCompleted || time.GetElapsedTime(asked.At) < _maxAge;

    private Task<AgentTypeInfo> AskAsync(string agentType, CancellationToken cancellationToken)
    {
        // Not in the turns of the grain that happens to ask first, and not ended with its call: others wait for it too.
        Asked? own = null;
        own = new Asked(time.GetTimestamp(), () => Task.Factory.StartNew(
            () => ReadAsync(agentType, own!),
            CancellationToken.None,
            TaskCreationOptions.DenyChildAttach,
            scheduler ?? TaskScheduler.Default).Unwrap());
        var shared = _types.AddOrUpdate(agentType, own, (_, other) => IsUsable(other) ? other : own);
        return shared.Answer.WaitAsync(cancellationToken);
    }

    private async Task<AgentTypeInfo> ReadAsync(string agentType, Asked own)
    {
        try
        {
            return _usable[agentType] = await store.GetAsync(agentType, CancellationToken.None);
        }
        catch (Exception error) when (
            error is InvalidInputException or StorageUnavailableException && _usable.TryGetValue(agentType, out var before))
        {
            // A SQL program wrote settings that cannot be used, which the owner logs, or PostgreSQL is away: agents go on with those from
            // before, as the owner does.
            return before;
        }
        catch (Exception error)
        {
            // The next one asks again, and names that are not registered do not pile up.
            _types.TryRemove(new(agentType, own));
            if (error is UnknownAgentTypeException)
            {
                _usable.TryRemove(agentType, out _);
            }

            throw;
        }
    }

    private sealed class Asked(long at, Func<Task<AgentTypeInfo>> ask)
    {
        private readonly Lazy<Task<AgentTypeInfo>> _answer = new(ask);

        public long At { get; } = at;

        /// <summary>Asks when it is first wanted, so that of several who found nothing only one does.</summary>
        public Task<AgentTypeInfo> Answer => _answer.Value;
    }
}
