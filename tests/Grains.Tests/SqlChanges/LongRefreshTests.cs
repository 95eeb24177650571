namespace QLearning.Grains.Tests.SqlChanges;

/// <summary>A table that is read again for longer than a grain call may last is read once.</summary>
public sealed class LongRefreshTests(ShortCallSilo silo) : IClassFixture<ShortCallSilo>
{
    private const int States = 20_000;

    [Fact]
    public async Task A_whole_table_is_read_again_once_however_long_it_takes()
    {
        var type = await silo.AddAgentTypeAsync();
        await LargeTables.FillAsync(silo.Database, type, States);
        await SettledAsync();
        Assert.True((await LoadedAsync(type.Grain)).IsWhole);
        using var statements = new SqlStatements(silo.Database);
        await using (var held = await HeldLock.TakeAsync(silo.Database, "lock table q_values in access exclusive mode"))
        {
            await held.ExecuteAsync($"""
                select set_config('qlearning.flush', 'on', true);
                update q_values set q_value = q_value + 0.5 where agent_type = '{type.Name}'
                """);
            await silo.Database.ExecuteInAsync($"insert into sql_changes (agent_type) values ('{type.Name}')");
            var start = TimeProvider.System.GetTimestamp();
            await Eventually.Holds(() => TimeProvider.System.GetElapsedTime(start) > 5 * ShortCallSilo.Limit, "some calls to be given up");
        }

        foreach (var state in (string[])["s1", $"s{States / 2}", $"s{States}"])
        {
            await Eventually.Holds(
                async () => (await BestActionAsync(type.Grain, state))?.QValue % 1 == 0.5, $"the grain to see {state}");
        }

        await type.StoreAsync("marker", "a", 1);
        await Eventually.Holds(async () => await BestActionAsync(type.Grain, "marker") is not null, "all refreshes to end");
        Assert.InRange(statements.Count("select q_value_id, state_hash"), 1, (States / 1_000) + 5);
        Assert.InRange(statements.Count("select q_value_id, state_hash") - statements.Count("state_hash = any"), 0, 1);
    }

    /// <summary>
    /// Waits until the watch has told for the second time that anything may have changed: it does so when all transactions of the server
    /// are over that ran when it began.
    /// </summary>
    private async Task SettledAsync()
    {
        var next = await silo.Database.QueryAsync<string>("select pg_snapshot_xmax(pg_current_snapshot())::text");
        await Eventually.Holds(
            () => silo.Database.QueryAsync<bool>($"select pg_snapshot_xmin(pg_current_snapshot()) >= '{next}'::xid8"),
            "the transactions that run to be over");
        var other = await silo.AddAgentTypeAsync();
        await LoadedAsync(other.Grain);
        await other.StoreAsync("marker", "a", 1);
        await Eventually.Holds(async () => await BestActionAsync(other.Grain, "marker") is not null, "the watch to look once more");
    }

    private static async Task<AgentTypeStatistics> LoadedAsync(IAgentTypeGrain grain)
    {
        AgentTypeStatistics? statistics = null;
        await Eventually.Holds(
            async () => (statistics = await UnlessLateAsync(grain.GetStatistics)) is not null, "the grain to have loaded its table");
        return statistics!;
    }

    private static Task<BestAction?> BestActionAsync(IAgentTypeGrain grain, string state) =>
        UnlessLateAsync(() => grain.GetBestAction(Given.State(state)));

    /// <summary>Null also when the call took longer than calls may last here, as it may on a busy machine.</summary>
    private static async Task<T?> UnlessLateAsync<T>(Func<ValueTask<T>> call)
        where T : class?
    {
        try
        {
            return await call();
        }
        catch (TimeoutException)
        {
            return null;
        }
    }
}
