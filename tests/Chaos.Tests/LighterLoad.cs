namespace QLearning.Chaos.Tests;

/// <summary>The load of the tests: all roads are driven, but other tests need the processors too.</summary>
internal static class LighterLoad
{
    /// <summary>How many times longer than in <c>qlearn bench chaos</c> callers pause between two calls.</summary>
    public const double PauseFactor = 3;

    /// <summary>How many probes a silo may miss: beside other tests it may get no processor for seconds, and is not dead.</summary>
    public const int MissedProbes = 6;

    /// <summary>How many calls are to be acknowledged in a round.</summary>
    public const int LeastCalls = 500;
}
