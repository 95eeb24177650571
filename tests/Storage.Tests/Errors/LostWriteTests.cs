using Npgsql;
using QLearning.Storage.Patterns;
using QLearning.Storage.Sessions;
using QLearning.Storage.Tests.WriteBehind;

namespace QLearning.Storage.Tests.Errors;

/// <summary>A statement that writes and whose answer was lost is told as one that may have been carried out; no other failure is.</summary>
public sealed class LostWriteTests : DatabaseTest
{
    private static readonly NewPattern _pattern = new() { Name = "p", Type = "t", DataJson = "{}" };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_pattern_whose_stored_answer_was_lost_is_told_as_perhaps_stored(bool isRequestLost)
    {
        await using var proxy = new CuttingProxy(Database.ConnectionString, "insert into patterns");
        await using var proxied = NpgsqlDataSource.Create(proxy.ConnectionString);
        proxy.CutNext(isRequestLost ? Cut.Request : Cut.Answer);

        var error = await Assert.ThrowsAsync<StorageUnavailableException>(
            () => new PatternStore(proxied).StoreAsync(Generator, _pattern, CancellationToken.None));

        Assert.True(error.MayHaveTakenEffect);
        Assert.Equal(isRequestLost ? 0 : 1, await CountAsync("patterns"));
    }

    [Fact]
    public async Task A_session_whose_start_was_not_answered_is_told_as_perhaps_started_and_starts_once()
    {
        await using var proxy = new CuttingProxy(Database.ConnectionString, "insert into sessions");
        await using var proxied = NpgsqlDataSource.Create(proxy.ConnectionString);
        var (store, id, start) = (new SessionStore(proxied), Guid.NewGuid(), new SessionStart { AgentType = Generator });
        proxy.CutNext(Cut.Answer);

        var error = await Assert.ThrowsAsync<StorageUnavailableException>(() => store.InsertAsync(id, start, CancellationToken.None));

        Assert.True(error.MayHaveTakenEffect);
        Assert.Null(await store.InsertAsync(id, start, CancellationToken.None));
        Assert.Equal(1, await CountAsync("sessions"));
    }

    [Fact]
    public async Task What_PostgreSQL_refused_or_never_got_has_no_effect()
    {
        await using var nowhere = Nowhere();
        var unreachable = await Assert.ThrowsAsync<StorageUnavailableException>(
            () => new PatternStore(nowhere).StoreAsync(Generator, _pattern, CancellationToken.None));
        await Database.ExecuteInAsync("alter table patterns add constraint none check (pattern_name is null)");
        var refused = await Assert.ThrowsAsync<StorageUnavailableException>(
            () => new PatternStore(Database.DataSource).StoreAsync(Generator, _pattern, CancellationToken.None));

        Assert.Equal((false, false), (unreachable.MayHaveTakenEffect, refused.MayHaveTakenEffect));
    }

    [Fact]
    public async Task A_read_whose_answer_was_lost_has_no_effect()
    {
        await using var proxy = new CuttingProxy(Database.ConnectionString, "from patterns");
        await using var proxied = NpgsqlDataSource.Create(proxy.ConnectionString);
        proxy.CutNext(Cut.Answer);

        var error = await Assert.ThrowsAsync<StorageUnavailableException>(
            () => new PatternStore(proxied).LoadAsync(Generator, CancellationToken.None));

        Assert.False(error.MayHaveTakenEffect);
    }
}
