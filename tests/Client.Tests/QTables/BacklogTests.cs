using Microsoft.Extensions.DependencyInjection;
using QLearning.Silo;
using QLearning.Storage.WriteBehind;

namespace QLearning.Client.Tests.QTables;

/// <summary>A client hands a full backlog to its caller, who knows better than a blind retry what to do meanwhile.</summary>
public sealed class BacklogTests
{
    private static readonly TimeSpan _retryDelay = TimeSpan.FromMilliseconds(700);

    [Fact]
    public async Task A_full_backlog_reaches_the_caller_at_once_with_the_delay_it_suggests()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var silo = await QLearningSilo.StartAsync(
            new SiloSettings { ConnectionString = database.ConnectionString },
            configure: silo => silo.Services.Configure<WriteBehindOptions>(
                options => (options.MaxBacklog, options.MaxTrajectoryBacklog, options.MaxRetryDelay) = (1, 1, _retryDelay)));
        await using var client = await QLearningClient.ConnectAsync(
            database.ConnectionString,
            // A try that is not answered in time would make it unknown whether the backlog refused it.
            options => (options.RetryFor, options.ResponseTimeout) = (TimeSpan.FromMinutes(30), TimeSpan.FromMinutes(1)));
        var type = client.AgentType("test-generator");
        Func<Task>[] calls =
        [
            () => type.LearnAsync([Given.Last("s", "a", 1), Given.Last("t", "a", 1)]),
            () => type.UpsertAsync([Given.Value("s", "a", 1), Given.Value("t", "a", 1)]),
            () => type.RecordRewardsAsync([Late(), Late()]),
        ];
        foreach (var call in calls)
        {
            // Tried again, it would be tried for half an hour.
            var error = await Assert.ThrowsAsync<WriteBacklogFullException>(() => call().WaitAsync(Eventually.DefaultDeadline));
            Assert.Equal(_retryDelay, error.RetryAfter);
        }
    }

    private static DelayedReward Late() =>
        new() { Id = Guid.NewGuid(), State = Given.State("s"), Action = ActionKey.Parse("a"), Reward = 1 };
}
