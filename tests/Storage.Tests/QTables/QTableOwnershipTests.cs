using QLearning.Storage.QTables;

namespace QLearning.Storage.Tests.QTables;

/// <summary>Each activation takes the next epoch and starts its watermark anew.</summary>
public sealed class QTableOwnershipTests : DatabaseTest
{
    [Fact]
    public async Task The_first_owner_has_epoch_1_and_each_next_one_more()
    {
        Assert.Equal(1, await TakeAsync(new AgentTypeKey(Generator)));
        Assert.Equal(2, await TakeAsync(new AgentTypeKey(Generator)));
        Assert.Equal(1, await TakeAsync(new AgentTypeKey(Executor)));
        Assert.Equal(3, await TakeAsync(new AgentTypeKey(Generator)));
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
            () => new QTableOwnership(nowhere).TakeAsync(TablePartition.Whole(Generator), resplit: false, CancellationToken.None));
        Assert.Contains("take the ownership of 'test-generator'", error.Message, StringComparison.Ordinal);
        Assert.Null(error.InnerException);
    }

    private async Task<long?> TakeAsync(AgentTypeKey owner) =>
        (await new QTableOwnership(Database.DataSource).TakeAsync(TablePartition.Whole(owner.AgentType), resplit: false, CancellationToken.None)).Epoch;
}
