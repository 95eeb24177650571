namespace QLearning.Cli;

/// <summary>What the process says to its caller.</summary>
internal static class ExitCode
{
    public const int Success = 0;
    public const int Failure = 1;

    /// <summary>What was typed, or a server's setting, is not allowed: another start with the same ends in the same way.</summary>
    public const int Usage = 2;

    /// <summary>Ended by a signal, as shells number it: 128 + SIGINT.</summary>
    public const int Interrupted = 130;
}
