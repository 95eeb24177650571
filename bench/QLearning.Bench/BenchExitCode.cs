namespace QLearning.Bench;

/// <summary>What a benchmark tells the shell.</summary>
internal static class BenchExitCode
{
    public const int Success = 0;

    /// <summary>Its numbers do not count, or something was wrong.</summary>
    public const int Failure = 1;
}
