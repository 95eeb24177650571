namespace QLearning.Chaos.Tests;

/// <summary>The load of the tests: all roads are driven, but other tests need the processors too.</summary>
internal static class LighterLoad
{
    /// <summary>How many times longer than in <c>qlearn bench chaos</c> callers pause between two calls.</summary>
    public const double PauseFactor = 3;
}
