namespace QLearning.Client.Tests.Connection;

/// <summary>While silos come and go reads find their answer, and an update happens once or not at all.</summary>
public sealed class ReconnectTests(ClusterFixture cluster) : IClassFixture<ClusterFixture>
{
    [Fact]
    public async Task A_client_finds_the_silo_that_came_back_on_other_ports()
    {
        await using var client = await cluster.ConnectAsync(
            options => (options.ResponseTimeout, options.RetryFor) = (TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(2)));
        var type = client.AgentType("test-generator");
        await type.LearnAsync(Given.Last("s", "a", 10));
        for (var restart = 1; restart <= 2; restart++)
        {
            var before = cluster.GatewayPort;
            // The system may hand out the port that just became free.
            do
            {
                await cluster.StopSiloAsync();
                await cluster.StartSiloAsync();
            }
            while (cluster.GatewayPort == before);

            Assert.Equal(restart, (await type.GetBestActionAsync(Given.State("s")))!.VisitCount);
            Assert.Equal(restart + 1, (await type.LearnAsync(Given.Last("s", "a", 10))).VisitCount);
        }
    }

    [Fact]
    public async Task A_read_that_finds_no_silo_waits_for_one()
    {
        await using var client = await cluster.ConnectAsync(
            options => (options.ResponseTimeout, options.RetryFor) = (TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(2)));
        var type = client.AgentType("test-executor");
        await type.LearnAsync(Given.Last("s", "a", 10), WriteMode.Durable);
        await cluster.StopSiloAsync();
        var reading = type.GetBestActionAsync(Given.State("s"));
        var listing = client.GetAgentTypesAsync();
        await cluster.StartSiloAsync();
        Assert.Equal(1, (await reading)!.QValue);
        Assert.Equal(18, (await listing).Length);
    }

    [Fact]
    public async Task A_read_gives_up_when_its_time_is_over()
    {
        await using var client = await cluster.ConnectAsync(
            options => (options.ResponseTimeout, options.RetryFor) = (TimeSpan.FromMilliseconds(300), TimeSpan.FromMilliseconds(700)));
        await cluster.StopSiloAsync();
        var error = await Assert.ThrowsAsync<ClusterUnavailableException>(
            () => client.AgentType("test-generator").GetBestActionAsync(Given.State("s")));
        Assert.Contains("No silo could answer for 'test-generator' in time", error.Message, StringComparison.Ordinal);
        await cluster.StartSiloAsync();
    }

    [Fact]
    public async Task Without_time_for_retries_a_call_fails_at_once()
    {
        await using var client = await cluster.ConnectAsync(
            options => (options.ResponseTimeout, options.RetryFor) = (TimeSpan.FromMilliseconds(300), TimeSpan.Zero));
        await cluster.StopSiloAsync();
        var error = await Assert.ThrowsAsync<ClusterUnavailableException>(
            () => client.AgentType("test-generator").LearnAsync(Given.Last("s", "a", 1)));
        Assert.Contains("No silo could learn for 'test-generator' in time", error.Message, StringComparison.Ordinal);
        await cluster.StartSiloAsync();
    }

    [Fact]
    public async Task Without_resending_an_update_that_is_not_answered_is_repeated_too_and_counts_once()
    {
        await using var client = await cluster.ConnectAsync(
            options => (options.ResponseTimeout, options.ResendNotDurable) = (TimeSpan.FromMilliseconds(500), false));
        var type = client.AgentType("quality-gate");
        await type.GetStatisticsAsync();
        Task<LearnResult> learning;
        Task flush;
        await using (await HeldLock.OfFlushesAsync(cluster.Database, "quality-gate"))
        {
            learning = type.LearnAsync(Given.Last("s", "a", 1), WriteMode.Durable);
            await Eventually.Holds(async () => (await type.GetStatisticsAsync()).Updates == 1, "the update to be learned");
            flush = type.FlushAsync();
            var began = TimeProvider.System.GetTimestamp();
            await Eventually.Holds(
                () => TimeProvider.System.GetElapsedTime(began) > TimeSpan.FromSeconds(1.2), "two answers to be overdue");
            Assert.False(learning.IsCompleted || flush.IsCompleted);
            Assert.Equal(1, (await type.GetStatisticsAsync()).Updates);
        }

        await flush;
        Assert.Equal(1, (await learning).VisitCount);
        Assert.Equal(1, await cluster.VisitsAsync("quality-gate"));
    }
}
