using QLearning.Postgres;

namespace QLearning.Silo.Tests;

/// <summary>
/// Without a connection string a silo brings its own PostgreSQL, shares it with others on the same folder, and takes it along.
/// </summary>
public sealed class EmbeddedSiloTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private SiloSettings Settings => new() { DataFolder = _folder.Path, Fsync = false, MissedProbes = Silos.ManyProbes };

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_was_learned_is_there_after_a_restart()
    {
        await using (var silo = await QLearningSilo.StartAsync(Settings))
        {
            Assert.StartsWith("postgresql://qlearning:", silo.PostgresUrl, StringComparison.Ordinal);
            Assert.NotEqual(silo.SiloPort, silo.GatewayPort);
            await silo.LearnAsync("test-generator", "s");
            await silo.LearnAsync("test-generator", "s");
        }

        Assert.Null(EmbeddedPostgres.FindRunning(_folder.Path));
        await using var next = await QLearningSilo.StartAsync(Settings);
        Assert.Equal(2, await next.VisitsAsync("test-generator", "s"));
    }

    [Fact]
    public async Task A_second_silo_on_the_same_folder_joins_and_the_last_one_takes_PostgreSQL_along()
    {
        var first = await QLearningSilo.StartAsync(Settings);
        await using (var second = await QLearningSilo.StartAsync(Settings))
        {
            Assert.Equal(first.PostgresUrl, second.PostgresUrl);
            await first.LearnAsync("test-generator", "s");
            await second.LearnAsync("test-generator", "s");
            Assert.Equal((2, 2), (await first.VisitsAsync("test-generator", "s"), await second.VisitsAsync("test-generator", "s")));
            await first.DisposeAsync();
            Assert.Equal(2, await second.VisitsAsync("test-generator", "s"));
            Assert.NotNull(EmbeddedPostgres.FindRunning(_folder.Path));
        }

        Assert.Null(EmbeddedPostgres.FindRunning(_folder.Path));
    }

    [Fact]
    public async Task A_start_that_fails_leaves_no_PostgreSQL_behind()
    {
        var settings = Settings;
        settings.AdvertisedAddress = "not an address";
        await Assert.ThrowsAsync<InvalidInputException>(() => QLearningSilo.StartAsync(settings));
        Assert.Null(EmbeddedPostgres.FindRunning(_folder.Path));
    }

    [Fact]
    public async Task A_folder_that_is_a_file_is_refused()
    {
        await File.WriteAllTextAsync(_folder.At("file"), "text");
        var error = await Assert.ThrowsAsync<InvalidInputException>(
            () => QLearningSilo.StartAsync(new SiloSettings { DataFolder = _folder.At("file") }));
        Assert.Contains(_folder.At("file"), error.Message, StringComparison.Ordinal);
    }
}
