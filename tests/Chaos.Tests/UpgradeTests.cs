using QLearning.Abstractions;
using QLearning.Bench.Upgrade;

namespace QLearning.Chaos.Tests;

/// <summary>What <c>qlearn bench upgrade</c> refuses; what it measures takes too long for a test.</summary>
public sealed class UpgradeTests
{
    [Fact]
    public async Task A_revision_that_does_not_exist_is_refused_with_what_git_says()
    {
        var error = await Assert.ThrowsAsync<InvalidInputException>(
            () => OlderRevision.BuildAsync("no-such-revision", CancellationToken.None));
        Assert.Contains("no-such-revision", error.Message, StringComparison.Ordinal);
        Assert.Contains("git", error.Message, StringComparison.Ordinal);
    }
}
