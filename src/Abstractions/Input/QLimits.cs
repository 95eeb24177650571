namespace QLearning.Abstractions;

/// <summary>
/// Every number and size that input is checked against, by grains and clients alike. What becomes a column is as long or as large as the
/// column takes.
/// </summary>
public static class QLimits
{
    /// <summary>The longest key of a state or action, in characters (code points), as <c>varchar(64)</c> counts them.</summary>
    public const int MaxKeyCharacters = 64;

    /// <summary>The longest name of an agent type, in characters.</summary>
    public const int MaxAgentTypeCharacters = 50;

    /// <summary>The longest name of an agent instance, in characters.</summary>
    public const int MaxInstanceCharacters = 100;

    /// <summary>The longest name of an agent type for people, in characters.</summary>
    public const int MaxDisplayNameCharacters = 100;

    /// <summary>The longest description of an agent type, in characters.</summary>
    public const int MaxDescriptionCharacters = 10_000;

    /// <summary>The longest task id, in characters.</summary>
    public const int MaxTaskCharacters = 100;

    /// <summary>The longest source of a reward, in characters.</summary>
    public const int MaxSourceCharacters = 100;

    /// <summary>The longest error message of an episode, in characters.</summary>
    public const int MaxErrorMessageCharacters = 256 * 1024;

    /// <summary>The longest error that an agent reports, in characters.</summary>
    public const int MaxErrorCharacters = 1_000;

    /// <summary>The longest name of a session, in characters.</summary>
    public const int MaxSessionNameCharacters = 200;

    /// <summary>The longest environment of a session, in characters.</summary>
    public const int MaxEnvironmentCharacters = 50;

    /// <summary>The longest name of a pattern, in characters.</summary>
    public const int MaxPatternNameCharacters = 200;

    /// <summary>The longest type or category of a pattern, in characters.</summary>
    public const int MaxPatternTypeCharacters = 50;

    /// <summary>The longest scope of a request's key, in characters.</summary>
    public const int MaxScopeCharacters = 100;

    /// <summary>The longest beginning of the names of the database's roles, in characters: a name has 63 bytes.</summary>
    public const int MaxRolePrefixCharacters = 13;

    /// <summary>The longest key of a request, in characters.</summary>
    public const int MaxRequestKeyCharacters = 255;

    /// <summary>The longest digest of a request, in bytes.</summary>
    public const int MaxDigestBytes = 64;

    /// <summary>The longest answer that is kept for a request that is repeated, in characters.</summary>
    public const int MaxKeptAnswerCharacters = 1024 * 1024;

    /// <summary>The largest JSON text, in bytes of UTF-8 (256 KiB).</summary>
    public const int MaxJsonBytes = 256 * 1024;

    /// <summary>The deepest nesting of JSON objects and arrays.</summary>
    public const int MaxJsonDepth = 64;

    /// <summary>The most digits of a JSON number after its decimal point, written without an exponent: what <c>jsonb</c> takes.</summary>
    public const int MaxJsonDecimals = 16_383;

    /// <summary>The largest size of a Q-value, and of a reward that is learned from: <c>numeric(12,6)</c>.</summary>
    public const double MaxQValue = 999_999.999999;

    /// <summary>The largest size of a trajectory's reward or sum of rewards: <c>numeric(12,4)</c>.</summary>
    public const double MaxReward = 99_999_999.9999;

    /// <summary>The smallest learning rate of an agent type or agent.</summary>
    public const double MinLearningRate = 0.0001;

    /// <summary>The most dimensions of states or actions that an agent type names.</summary>
    public const int MaxDimensions = 1_000_000;

    /// <summary>The longest life of a Q-value or pattern after its last use, in days.</summary>
    public const int MaxTtlDays = 36_500;

    /// <summary>The most items (states, transitions, Q-values) in one call, and the most steps of an episode.</summary>
    public const int MaxBatch = 10_000;

    /// <summary>The most actions in one selection.</summary>
    public const int MaxCandidates = 1_000;

    /// <summary>The most rows (trajectories, patterns, sessions, agents) in one answer.</summary>
    public const int MaxRows = 1_000;

    /// <summary>The most patterns that one episode used.</summary>
    public const int MaxPatternsUsed = 100;

    /// <summary>The most partitions of one Q-table.</summary>
    public const int MaxPartitions = 64;

    /// <summary>The most learned numbers above a client's settled ones that one partition keeps.</summary>
    public const int MaxUnsettled = 200_000;

    /// <summary>The smallest limit of states in memory: a batch and the next states of its transitions have room.</summary>
    public const int MinHotStates = 2 * MaxBatch;

    /// <summary>The largest limit of states in memory.</summary>
    public const int MaxHotStates = 100_000_000;

    /// <summary>The longest execution time of a trajectory: its column counts milliseconds in an <c>integer</c>.</summary>
    public static TimeSpan MaxExecutionTime { get; } = TimeSpan.FromMilliseconds(int.MaxValue);

    /// <summary>How far in the future a time may be that something began at: clocks of callers differ.</summary>
    public static TimeSpan MaxClockAhead { get; } = TimeSpan.FromDays(1);

    /// <summary>The shortest life of a pattern after its last use.</summary>
    public static TimeSpan MinPatternLife { get; } = TimeSpan.FromSeconds(1);
}
