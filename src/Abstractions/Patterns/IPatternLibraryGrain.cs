namespace QLearning.Abstractions;

/// <summary>
/// The patterns of one agent type, in memory; searches do not ask the database. The key is the agent type. What other programs write
/// through SQL is seen within a minute. Every call may throw <see cref="UnknownAgentTypeException"/> and
/// <see cref="StorageUnavailableException"/>.
/// </summary>
[Alias("QLearning.IPatternLibraryGrain")]
public interface IPatternLibraryGrain : IGrainWithStringKey
{
    /// <summary>Stores a pattern: a new name, or the next version of a name that exists.</summary>
    /// <param name="pattern">The pattern.</param>
    /// <exception cref="InvalidInputException">
    /// Something in it is not allowed, or the agent type is inactive; nothing was stored.
    /// </exception>
    [Alias("Store")]
    ValueTask<Pattern> Store(NewPattern pattern);

    /// <summary>One pattern.</summary>
    /// <param name="id">Its id.</param>
    /// <exception cref="UnknownPatternException">There is none, or it has expired.</exception>
    [Alias("Get")]
    ValueTask<Pattern> Get(Guid id);

    /// <summary>A version of a pattern.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="version">The version; null: the newest.</param>
    /// <exception cref="UnknownPatternException">There is none, or it has expired.</exception>
    [Alias("GetByName")]
    ValueTask<Pattern> GetByName(string name, int? version);

    /// <summary>
    /// Finds patterns: by a name the most similar first, else the one with the highest confidence, then mean reward, first.
    /// </summary>
    /// <param name="query">What is wanted.</param>
    /// <exception cref="InvalidInputException">Something in the query is not allowed.</exception>
    [Alias("Search")]
    ValueTask<PatternMatch[]> Search(PatternQuery query);

    /// <summary>Records uses with their outcomes; durable before the answer. All, or none.</summary>
    /// <param name="uses">At most <see cref="QLimits.MaxBatch"/>.</param>
    /// <returns>The pattern of each use as it is after all of them.</returns>
    /// <exception cref="UnknownPatternException">A pattern is unknown; nothing was recorded.</exception>
    /// <exception cref="InvalidInputException">
    /// Something in it is not allowed, or the agent type is inactive; nothing was recorded.
    /// </exception>
    [Alias("RecordUses")]
    ValueTask<Pattern[]> RecordUses(PatternUse[] uses);

    /// <summary>Reads the patterns anew, so that what other programs wrote is seen at once.</summary>
    [Alias("Reload")]
    ValueTask Reload();

    /// <summary>Deletes one version of a pattern. Trajectories that used it, and later versions, stay.</summary>
    /// <param name="id">The pattern.</param>
    /// <param name="isDryRun">Only counts what would go.</param>
    /// <returns>How many rows of each table.</returns>
    /// <exception cref="UnknownPatternException">There is none.</exception>
    [Alias("Delete")]
    ValueTask<DeletedRows[]> Delete(Guid id, bool isDryRun);
}
