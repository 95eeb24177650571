using QLearning.Abstractions;
using QLearning.Client.Connection;

namespace QLearning.Client;

/// <summary>
/// The patterns of one agent type. Every call may throw <see cref="UnknownAgentTypeException"/>, <see cref="InvalidInputException"/>,
/// <see cref="StorageUnavailableException"/> and <see cref="ClusterUnavailableException"/>. Reads and uses are repeated while silos come
/// and go, since a use has an id and counts once; a pattern is stored once or not at all.
/// </summary>
public sealed class PatternLibraryClient
{
    private readonly IPatternLibraryGrain _grain;
    private readonly IClusterCalls _calls;
    private readonly string _agentType;
    private readonly string _answer;

    internal PatternLibraryClient(string agentType, IGrainFactory grains, IClusterCalls calls)
    {
        (_agentType, _calls) = (agentType, calls);
        _answer = $"answer for the patterns of '{agentType}'";
        _grain = grains.GetKnown<IPatternLibraryGrain>(AgentTypeKey.For(agentType).AgentType);
    }

    /// <summary>Stores a pattern: a new name, or the next version of a name that exists.</summary>
    /// <param name="pattern">The pattern.</param>
    /// <param name="cancellationToken">Ends the waiting; it may still be stored.</param>
    public Task<Pattern> StoreAsync(NewPattern pattern, CancellationToken cancellationToken = default) =>
        _calls.OnceAsync($"store a pattern of '{_agentType}'", () => _grain.Store(pattern), cancellationToken);

    /// <summary>One pattern.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="UnknownPatternException">There is none, or it has expired.</exception>
    public Task<Pattern> GetAsync(Guid id, CancellationToken cancellationToken = default) =>
        CallAsync(() => _grain.Get(id), cancellationToken);

    /// <summary>A version of a pattern.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="version">The version; null: the newest.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="UnknownPatternException">There is none, or it has expired.</exception>
    public Task<Pattern> GetAsync(string name, int? version = null, CancellationToken cancellationToken = default) =>
        CallAsync(() => _grain.GetByName(name, version), cancellationToken);

    /// <summary>Finds patterns, answered from memory.</summary>
    /// <param name="query">What is wanted.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public Task<PatternMatch[]> SearchAsync(PatternQuery query, CancellationToken cancellationToken = default) =>
        CallAsync(() => _grain.Search(query), cancellationToken);

    /// <summary>Finds patterns by a name that may be misspelt, the most similar first.</summary>
    /// <param name="name">The name.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public Task<PatternMatch[]> SearchAsync(string name, CancellationToken cancellationToken = default) =>
        SearchAsync(new PatternQuery { Name = name }, cancellationToken);

    /// <summary>Records a use with its outcome; durable when this returns.</summary>
    /// <param name="patternId">The pattern.</param>
    /// <param name="success">Whether it succeeded.</param>
    /// <param name="reward">The reward it brought.</param>
    /// <param name="cancellationToken">Ends the waiting; it may still be recorded.</param>
    /// <returns>The pattern after it.</returns>
    /// <exception cref="UnknownPatternException">There is none, or it has expired.</exception>
    public async Task<Pattern> RecordUseAsync(Guid patternId, bool success, double reward, CancellationToken cancellationToken = default) =>
        (await RecordUsesAsync([new PatternUse { PatternId = patternId, Success = success, Reward = reward }], cancellationToken))[0];

    /// <summary>Records uses with their outcomes: all, or none.</summary>
    /// <param name="uses">At most <see cref="QLimits.MaxBatch"/>.</param>
    /// <param name="cancellationToken">Ends the waiting; they may still be recorded.</param>
    /// <returns>The pattern of each use after all of them.</returns>
    /// <exception cref="UnknownPatternException">A pattern is unknown; nothing was recorded.</exception>
    public Task<Pattern[]> RecordUsesAsync(IEnumerable<PatternUse> uses, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(uses);
        PatternUse[] batch = [.. uses];
        return _calls.RepeatableChangeAsync(
            $"record uses of patterns of '{_agentType}'", () => _grain.RecordUses(batch), cancellationToken);
    }

    /// <summary>Deletes one version of a pattern. Trajectories that used it, and later versions, stay.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="isDryRun">True: nothing is deleted, only counted.</param>
    /// <param name="cancellationToken">Ends the waiting; it may still be deleted.</param>
    /// <returns>How many rows of each table.</returns>
    /// <exception cref="UnknownPatternException">There is none.</exception>
    public async Task<IReadOnlyList<DeletedRows>> DeleteAsync(
        Guid id, bool isDryRun = false, CancellationToken cancellationToken = default) =>
        await _calls.RepeatableChangeAsync($"delete the pattern '{id}'", () => _grain.Delete(id, isDryRun), cancellationToken);

    /// <summary>Reads the patterns anew, so that what SQL programs wrote is seen at once and not within a minute.</summary>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public Task ReloadAsync(CancellationToken cancellationToken = default) =>
        _calls.RepeatableAsync(_answer, _grain.Reload, cancellationToken);

    private Task<T> CallAsync<T>(Func<ValueTask<T>> call, CancellationToken cancellationToken) =>
        _calls.RepeatableAsync(_answer, call, cancellationToken);
}
