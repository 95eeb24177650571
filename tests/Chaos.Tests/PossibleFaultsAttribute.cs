using QLearning.Bench.Chaos;
using QLearning.Bench.Chaos.Faults;

namespace QLearning.Chaos.Tests;

/// <summary>
/// A test that is skipped, with the reasons, where some fault cannot be done: a fault that was not done must not seem to have passed.
/// </summary>
internal sealed class PossibleFaultsAttribute : FactAttribute
{
    public PossibleFaultsAttribute()
    {
        var impossible = PossibleFaults.All.Where(fault => fault.Obstacle is not null).ToList();
        Skip = impossible.Count == 0
            ? null
            : string.Join("; ", impossible.Select(fault => $"{fault.Fault.Name} is not run: {fault.Obstacle}"));
    }
}

/// <summary>Which faults can be done on this machine.</summary>
internal static class PossibleFaults
{
    /// <summary>Every fault, with what is in its way; null: nothing.</summary>
    public static IReadOnlyList<(IFault Fault, string? Obstacle)> All { get; } =
        // On a thread of its own: tests are found on one that waits.
        [.. ChaosRun.Faults.Select(fault => (
            fault, Task.Run(() => fault.FindObstacleAsync(CancellationToken.None)).GetAwaiter().GetResult()))];
}
