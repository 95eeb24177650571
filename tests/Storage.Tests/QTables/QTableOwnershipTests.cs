using QLearning.Storage.QTables;

namespace QLearning.Storage.Tests.QTables;

/// <summary>Each activation takes the next epoch and starts its watermark anew.</summary>
public sealed class QTableOwnershipTests : DatabaseTest
{
    [Fact]
    public async Task Each_owner_has_the_next_epoch_of_the_database_and_an_id_of_its_own()
    {
        OwnershipTaken[] owners =
        [
            await OwnAsync(Generator), await OwnAsync(Generator), await OwnAsync(Executor), await OwnAsync(Generator),
        ];
        Assert.Equal([1, 2, 3, 4], owners.Select(owner => owner.Epoch!.Value));
        Assert.Equal(4, owners.Select(owner => owner.OwnerId).Distinct().Count());
        Assert.Equal(
            [$"{Executor}|3|{owners[2].OwnerId}", $"{Generator}|4|{owners[3].OwnerId}"],
            await RowsAsync("select agent_type, epoch, owner_id from q_table_owners order by agent_type"));
    }

    [Theory]
    [InlineData("delete from q_table_owners")]
    [InlineData("update q_table_owners set epoch = 1")]
    [InlineData(
        "with gone as (delete from agent_types where agent_type = 'test-generator' returning *) "
        + "insert into q_table_owners select 'test-executor', 0, 1")]
    public async Task An_epoch_never_comes_again_whatever_happens_to_the_owners(string sql)
    {
        var before = await OwnAsync(Generator);
        await OwnAsync(Generator);
        await Database.ExecuteInAsync(sql);
        await Database.ExecuteInAsync(
            $"insert into agent_types (agent_type, display_name) values ('{Generator}', 'again') on conflict do nothing");
        var after = await OwnAsync(Generator);
        Assert.Equal((1, 3), (before.Epoch, after.Epoch));
    }

    [Fact]
    public async Task A_silo_of_the_version_before_takes_its_epochs_from_the_same_sequence()
    {
        var owner = await OwnAsync(Generator);
        Assert.Equal(2, await Database.QueryAsync<long>($"select take_q_table('{Generator}', 0, 1, false)"));
        Assert.NotEqual(owner.OwnerId, await Database.QueryAsync<Guid>("select owner_id from q_table_owners"));
        Assert.Equal(3, (await OwnAsync(Generator)).Epoch);
    }

    [Fact]
    public async Task A_new_owner_resets_the_watermark_and_the_time()
    {
        await TakeAsync(new AgentTypeKey(Generator));
        await Database.ExecuteInAsync("update q_table_owners set watermark = 99, taken_at = '2020-01-01'");
        await TakeAsync(new AgentTypeKey(Generator));
        Assert.Equal(["0|true"], await RowsAsync("select watermark, taken_at > now() - interval '1 minute' from q_table_owners"));
    }

    [Fact]
    public async Task Owners_that_start_at_once_get_an_epoch_each()
    {
        var epochs = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => TakeAsync(new AgentTypeKey(Generator))));
        Assert.Equal(Enumerable.Range(1, 10).Select(epoch => (long?)epoch), epochs.Order());
    }

    [Fact]
    public async Task An_unknown_agent_type_is_refused_by_name()
    {
        var error = await Assert.ThrowsAsync<UnknownAgentTypeException>(() => TakeAsync(new AgentTypeKey("no-such-type")));
        Assert.Contains("'no-such-type'", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, await CountAsync("q_table_owners"));
    }

    [Fact]
    public async Task A_server_that_is_away_is_told_as_unavailable()
    {
        await using var nowhere = Nowhere();
        var error = await Assert.ThrowsAsync<StorageUnavailableException>(
            () => new QTableOwnership(nowhere).TakeAsync(TablePartition.Whole(Generator), repartition: false, CancellationToken.None));
        Assert.Contains("take the ownership of 'test-generator'", error.Message, StringComparison.Ordinal);
        Assert.Null(error.InnerException);
    }

    private async Task<long?> TakeAsync(AgentTypeKey owner) => (await OwnAsync(owner.AgentType)).Epoch;

    private Task<OwnershipTaken> OwnAsync(string agentType) =>
        new QTableOwnership(Database.DataSource).TakeAsync(TablePartition.Whole(agentType), repartition: false, CancellationToken.None);
}
