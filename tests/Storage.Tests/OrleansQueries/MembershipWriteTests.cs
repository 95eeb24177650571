namespace QLearning.Storage.Tests.OrleansQueries;

/// <summary>Writers of the membership table must know its newest version; of two that know the same one wins.</summary>
public sealed class MembershipWriteTests : MembershipTest
{
    private const int Writers = 8;

    [Fact]
    public async Task The_version_of_a_cluster_is_made_once_and_then_left_alone()
    {
        Assert.True(await CreateAsync());
        Assert.True(await InsertAsync(1, version: 0));
        Assert.False(await CreateAsync());
        Assert.Equal(1, await VersionAsync());
        Assert.True(await CreateAsync("another"));
    }

    [Fact]
    public async Task Of_silos_that_make_the_version_at_once_one_does()
    {
        var made = await Task.WhenAll(Enumerable.Range(0, Writers).Select(_ => CreateAsync()));
        Assert.Single(made, isMine => isMine);
        Assert.Equal(0, await VersionAsync());
    }

    [Fact]
    public async Task An_insert_at_the_newest_version_adds_a_silo_and_moves_the_version()
    {
        await CreateAsync();
        Assert.True(await InsertAsync(1, version: 0));
        Assert.True(await InsertAsync(2, version: 1, status: 2));
        Assert.Equal(2, await VersionAsync());
        Assert.Equal(
            ["10.0.0.1 1 77 silo host 3 30000 null 03:05:00", "10.0.0.1 2 77 silo host 2 30000 null 03:05:00"], await RowsAsync(Members));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task An_insert_at_another_version_changes_nothing(int version)
    {
        await CreateAsync();
        await InsertAsync(1, version: 0);
        Assert.False(await InsertAsync(2, version));
        Assert.Equal(1, await VersionAsync());
        Assert.Equal(1, await CountAsync("orleans_membership"));
    }

    [Fact]
    public async Task A_silo_that_is_there_is_not_inserted_again()
    {
        await CreateAsync();
        await InsertAsync(1, version: 0);
        Assert.False(await InsertAsync(1, version: 1, status: Dead));
        Assert.Equal(1, await VersionAsync());
        Assert.Equal(["10.0.0.1 1 77 silo host 3 30000 null 03:05:00"], await RowsAsync(Members));
    }

    [Fact]
    public async Task Of_inserts_at_one_version_one_wins()
    {
        await CreateAsync();
        var won = await Task.WhenAll(Enumerable.Range(1, Writers).Select(port => InsertAsync(port, version: 0)));
        Assert.Single(won, isMine => isMine);
        Assert.Equal(1, await VersionAsync());
        Assert.Equal([$"{Array.IndexOf(won, true) + 1}"], await RowsAsync("select port from orleans_membership"));
    }

    [Fact]
    public async Task Of_inserts_of_one_silo_one_wins()
    {
        await CreateAsync();
        var won = await Task.WhenAll(Enumerable.Range(0, Writers).Select(version => InsertAsync(1, version % 2)));
        Assert.Single(won, isMine => isMine);
        Assert.Equal(1, await VersionAsync());
    }

    [Fact]
    public async Task An_update_at_the_newest_version_changes_status_suspects_and_time_of_one_silo()
    {
        await CreateAsync();
        await InsertAsync(1, version: 0);
        await InsertAsync(2, version: 1);
        Assert.True(await UpdateAsync(2, version: 2, suspects: "10.0.0.1:1@77,2026|x"));
        Assert.Equal(3, await VersionAsync());
        Assert.Equal(
            ["10.0.0.1 1 77 silo host 3 30000 null 03:05:00", "10.0.0.1 2 77 silo host 6 30000 10.0.0.1:1@77,2026|x 03:05:09"],
            await RowsAsync(Members));
        Assert.True(await UpdateAsync(2, version: 3, status: Active));
        Assert.Equal(["null"], await RowsAsync("select suspect_times from orleans_membership where port = 2"));
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(1, 2)]
    [InlineData(9, 1)]
    public async Task An_update_at_another_version_or_of_no_silo_changes_nothing(int port, int version)
    {
        await CreateAsync();
        await InsertAsync(1, version: 0);
        Assert.False(await UpdateAsync(port, version));
        Assert.Equal(1, await VersionAsync());
        Assert.Equal(["10.0.0.1 1 77 silo host 3 30000 null 03:05:00"], await RowsAsync(Members));
    }

    [Fact]
    public async Task Of_updates_at_one_version_one_wins()
    {
        await CreateAsync();
        await InsertAsync(1, version: 0);
        await InsertAsync(2, version: 1);
        var won = await Task.WhenAll(Enumerable.Range(0, Writers).Select(i => UpdateAsync(1 + (i % 2), version: 2, suspects: $"{i}")));
        Assert.Single(won, isMine => isMine);
        Assert.Equal(3, await VersionAsync());
        Assert.Equal([$"{Array.IndexOf(won, true)}"], await RowsAsync("select suspect_times from orleans_membership where status = 6"));
    }

    [Fact]
    public async Task An_update_and_an_insert_at_one_version_have_one_winner()
    {
        await CreateAsync();
        await InsertAsync(1, version: 0);
        var won = await Task.WhenAll(
            UpdateAsync(1, version: 1), InsertAsync(2, version: 1), UpdateAsync(1, version: 1), InsertAsync(3, version: 1));
        Assert.Single(won, isMine => isMine);
        Assert.Equal(2, await VersionAsync());
    }

    [Fact]
    public async Task A_sign_of_life_does_not_move_the_version()
    {
        await CreateAsync();
        await InsertAsync(1, version: 0);
        await InsertAsync(2, version: 1);
        Assert.Empty(await RunAsync("UpdateIAmAlivetimeKey", [.. Silo(2), Time("IAmAliveTime", Alive.AddSeconds(30))]));
        Assert.Equal(2, await VersionAsync());
        Assert.Equal(
            ["10.0.0.1 1 77 silo host 3 30000 null 03:05:00", "10.0.0.1 2 77 silo host 3 30000 null 03:05:30"], await RowsAsync(Members));
    }

    [Fact]
    public async Task Clusters_do_not_meet()
    {
        await CreateAsync();
        await CreateAsync("another");
        Assert.True(await InsertAsync(1, version: 0));
        Assert.True(await InsertAsync(1, version: 0, cluster: "another"));
        Assert.True(await UpdateAsync(1, version: 1));
        Assert.Equal((2, 1), (await VersionAsync(), await VersionAsync("another")));
        Assert.Equal(["another|3", "cluster|6"], await RowsAsync("select deployment_id, status from orleans_membership order by 1"));
    }
}
