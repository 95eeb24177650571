namespace QLearning.Abstractions;

/// <summary>
/// More changes wait for PostgreSQL than the limit allows, usually because it is down. The call changed nothing; reads still work.
/// Call again after <see cref="RetryAfter"/>.
/// </summary>
[GenerateSerializer]
[Alias("QLearning.WriteBacklogFull")]
public sealed class WriteBacklogFullException : QLearningException
{
    /// <summary>Says how full the backlog is.</summary>
    /// <param name="agentType">The agent type whose grain refused.</param>
    /// <param name="waiting">Rows that wait for their flush.</param>
    /// <param name="limit">The most that may wait.</param>
    /// <param name="retryAfter">When a next try makes sense.</param>
    public WriteBacklogFullException(string agentType, int waiting, int limit, TimeSpan retryAfter)
        : base(
            $"The agent type '{agentType}' has {waiting} rows waiting for PostgreSQL. Allowed: {limit}. "
            + $"Try again in {retryAfter.TotalSeconds:0.###} s.") =>
        RetryAfter = retryAfter;

    private WriteBacklogFullException(string message, TimeSpan retryAfter)
        : base(message) => RetryAfter = retryAfter;

    /// <summary>When a next try makes sense.</summary>
    [Id(0)]
    public TimeSpan RetryAfter { get; private set; }

    /// <summary>Says how full the backlog of a whole silo is.</summary>
    /// <param name="what">What waits, such as <c>Q-values</c>.</param>
    /// <param name="waiting">How many wait for their flush.</param>
    /// <param name="limit">The most that may wait.</param>
    /// <param name="retryAfter">When a next try makes sense.</param>
    public static WriteBacklogFullException OfSilo(string what, long waiting, long limit, TimeSpan retryAfter) =>
        new(
            $"The silo has {waiting} {what} waiting for PostgreSQL. Allowed: {limit}. Try again in {retryAfter.TotalSeconds:0.###} s.",
            retryAfter);

    /// <summary>Says how many bytes are in the backlog of a grain.</summary>
    /// <param name="agentType">The agent type whose grain refused.</param>
    /// <param name="waiting">Bytes that wait for their flush.</param>
    /// <param name="limit">The most that may wait.</param>
    /// <param name="retryAfter">When a next try makes sense.</param>
    public static WriteBacklogFullException OfBytes(string agentType, long waiting, long limit, TimeSpan retryAfter) =>
        new(
            $"The agent type '{agentType}' has {waiting} bytes waiting for PostgreSQL. Allowed: {limit}. "
            + $"Try again in {retryAfter.TotalSeconds:0.###} s.",
            retryAfter);
}
