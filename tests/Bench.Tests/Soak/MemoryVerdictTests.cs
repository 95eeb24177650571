using QLearning.Bench.Soak;

namespace QLearning.Bench.Tests.Soak;

/// <summary>A soak fails when memory goes on growing after its first third, by the heap or by the working set.</summary>
public sealed class MemoryVerdictTests
{
    [Theory]
    [InlineData(new[] { 10.0, 50, 100, 100, 120, 120 }, null)]
    [InlineData(new[] { 10.0, 50, 100, 100, 121, 121 }, "grew from 100 MiB in the middle third to 121 MiB in the last")]
    [InlineData(new[] { 500.0, 100, 100, 130 }, "grew from 100 MiB in the middle third to 130 MiB in the last")]
    [InlineData(new[] { 100.0, 100 }, "there are 2 samples")]
    public void The_last_third_is_compared_with_the_middle_third(double[] memory, string? complaint)
    {
        foreach (var isHeap in new[] { true, false })
        {
            var verdict = MemoryVerdict.Of(
                [.. memory.Select(size => new SoakSample(TimeSpan.Zero, isHeap ? size : 1, isHeap ? 1 : size, 0, 0, 0))]);
            Assert.Equal(complaint is null, verdict is null);
            Assert.Contains(complaint ?? string.Empty, verdict ?? string.Empty, StringComparison.Ordinal);
        }
    }
}
