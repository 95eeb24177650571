using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;

namespace QLearning.Silo.Tests.Shutdown;

/// <summary>A silo that stops says so in the membership table, and to the others.</summary>
public sealed class LeavingTests(DatabaseFixture fixture) : IClassFixture<DatabaseFixture>
{
    private readonly SiloSettings _settings = new()
    {
        ConnectionString = fixture.Database.ConnectionString,
        ClusterId = Guid.NewGuid().ToString("N"),
        MissedProbes = Silos.ManyProbes,
    };

    [Fact]
    public async Task Silos_that_stop_together_are_all_written_as_dead_and_seen_so_by_the_one_that_stays()
    {
        using var log = new ErrorLog();
        await using var stays = await StartAsync(log);
        QLearningSilo[] leaving = [await StartAsync(log), await StartAsync(log), await StartAsync(log)];

        await Task.WhenAll(leaving.Select(silo => Task.Run(() => silo.DisposeAsync().AsTask())));

        Assert.Equal("3 6 6 6", await fixture.Database.QueryAsync<string>($"""
            select string_agg(status::text, ' ' order by status) from orleans_membership where deployment_id = '{_settings.ClusterId}'
            """));
        Assert.DoesNotContain(log.Errors, error => error.Contains("status", StringComparison.Ordinal));
        var members = stays.Services.GetRequiredService<IClusterMembershipService>();
        await Eventually.Holds(
            () => members.CurrentSnapshot.Members.Values.Count(member => member.Status == SiloStatus.Dead) == leaving.Length,
            "the silo that stays to see that the others are gone");
    }

    [Fact]
    public async Task A_status_has_its_first_try_although_the_machine_is_busy_and_no_second_one()
    {
        using var log = new ErrorLog();
        var silo = await StartAsync(log);
        var options = silo.Services.GetRequiredService<IOptions<ClusterMembershipOptions>>().Value;
        await silo.DisposeAsync();
        // The runtime looks at the time before the first try too, and pauses for at least a second before the next.
        Assert.InRange(options.MaxJoinAttemptTime, TimeSpan.FromMilliseconds(500), TimeSpan.FromMilliseconds(999));
    }

    private Task<QLearningSilo> StartAsync(ErrorLog log) => QLearningSilo.StartAsync(_settings, logging => logging.AddProvider(log));
}
