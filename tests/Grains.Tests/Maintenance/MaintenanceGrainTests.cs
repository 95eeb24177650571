namespace QLearning.Grains.Tests.Maintenance;

/// <summary>The cluster cleans up and refreshes its views, and remembers how it went.</summary>
public sealed class MaintenanceGrainTests(SiloWithoutDailyRun silo) : IClassFixture<SiloWithoutDailyRun>
{
    private IMaintenanceGrain Grain => silo.Grains.GetGrain<IMaintenanceGrain>(IMaintenanceGrain.Key);

    [Fact]
    public async Task A_clean_up_deletes_expired_rows_and_what_it_did_outlives_the_silo()
    {
        var type = await silo.AddAgentTypeAsync();
        await LargeTables.FillAsync(silo.Database, type, 25);
        await silo.Database.ExecuteInAsync($"update q_values set expires_at = now() - interval '1 s' where agent_type = '{type.Name}'");
        var run = (await RunAsync(MaintenanceJob.CleanUp)).CleanUp!;
        Assert.Equal((null, 25), (run.Error, run.Deleted.Single(table => table.Table == "q_values").Rows));
        await silo.StopSiloAsync();
        await silo.StartSiloAsync();
        Assert.Equal(
            (run.StartedAt, 25), ((await Grain.GetStatus()).CleanUp!.StartedAt, (await Grain.GetStatus()).CleanUp!.Deleted[0].Rows));
    }

    [Theory]
    [InlineData("another")]
    [InlineData("Maintenance")]
    [InlineData("a\0b")]
    public async Task There_is_one_maintenance_grain(string key)
    {
        var other = silo.Grains.GetGrain<IMaintenanceGrain>(key);
        await Assert.ThrowsAsync<InvalidInputException>(async () => await other.GetStatus());
        await Assert.ThrowsAsync<InvalidInputException>(async () => await other.Schedule());
        var error = await Assert.ThrowsAsync<InvalidInputException>(async () => await other.Start(MaintenanceJob.CleanUp));
        Assert.Contains("Allowed: 'maintenance'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_Q_value_that_is_learned_while_its_expired_row_is_deleted_is_kept()
    {
        var type = await silo.AddAgentTypeAsync();
        await type.Grain.Learn(Given.Last("s", "a", 10), WriteMode.Durable);
        await silo.Database.ExecuteInAsync($"update q_values set expires_at = now() - interval '1 s' where agent_type = '{type.Name}'");
        await Eventually.Holds(async () => await type.Grain.GetBestAction(Given.State("s")) is null, "the Q-value to be expired in memory");
        await using (await type.HoldFlushesAsync())
        {
            await type.Grain.Learn(Given.Last("s", "a", 20), WriteMode.WriteBehind);
            await RunAsync(MaintenanceJob.CleanUp);
            Assert.Empty(await type.RowsAsync());
        }

        await type.Grain.Flush();
        Assert.Equal((2.0, 1), ((await type.RowsAsync())[0].Value, (await type.RowsAsync())[0].Visits));
        Assert.Equal(0, (await RunAsync(MaintenanceJob.CleanUp)).CleanUp!.Deleted[0].Rows);
    }

    [Fact]
    public async Task A_refresh_fills_the_views()
    {
        var type = await silo.AddAgentTypeAsync();
        await silo.Agent(type).PlayAsync(7);
        Assert.Null((await RunAsync(MaintenanceJob.RefreshViews)).RefreshViews!.Error);
        Assert.Equal("1|7.0000|1", await silo.Database.QueryAsync<string>($"""
            select concat_ws('|', total_trajectories, cumulative_reward, active_instances)
            from agent_performance_summary where agent_type = '{type.Name}'
            """));
    }

    [Fact]
    public async Task A_job_that_fails_says_why_and_the_next_run_tries_again()
    {
        await silo.Database.ExecuteInAsync("alter function refresh_materialized_views() rename to gone");
        Assert.Contains("refresh", (await RunAsync(MaintenanceJob.RefreshViews)).RefreshViews!.Error, StringComparison.Ordinal);
        await silo.Database.ExecuteInAsync("alter function gone() rename to refresh_materialized_views");
        Assert.Null((await RunAsync(MaintenanceJob.RefreshViews)).RefreshViews!.Error);
    }

    [Fact]
    public async Task A_job_runs_once_at_a_time_however_many_ask_for_it()
    {
        var before = (await Grain.GetStatus()).Runs;
        await using (await HeldLock.TakeAsync(silo.Database, "lock table q_values in exclusive mode"))
        {
            await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => Grain.Start(MaintenanceJob.CleanUp).AsTask()));
            Assert.Equal([MaintenanceJob.CleanUp], (await Grain.GetStatus()).Running);
        }

        await Eventually.Holds(async () => (await Grain.GetStatus()).Running.Count == 0, "the clean-up to end");
        Assert.Equal(before + 1, (await Grain.GetStatus()).Runs);
    }

    [Fact]
    public async Task An_unknown_job_is_refused() =>
        await Assert.ThrowsAsync<InvalidInputException>(async () => await Grain.Start((MaintenanceJob)7));

    private async Task<MaintenanceStatus> RunAsync(MaintenanceJob job)
    {
        await Grain.Start(job);
        await Eventually.Holds(async () => !(await Grain.GetStatus()).Running.Contains(job), $"{job} to end");
        return await Grain.GetStatus();
    }
}
