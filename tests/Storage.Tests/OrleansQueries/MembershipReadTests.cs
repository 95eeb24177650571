namespace QLearning.Storage.Tests.OrleansQueries;

/// <summary>What silos and clients read of the membership, and what clean-up takes from it.</summary>
public sealed class MembershipReadTests : MembershipTest
{
    private static readonly string[] _columns =
    [
        "Version", "Address", "Port", "Generation", "SiloName", "HostName", "Status", "ProxyPort", "SuspectTimes", "StartTime",
        "IAmAliveTime",
    ];

    [Fact]
    public async Task A_cluster_without_silos_has_one_row_with_its_version_only()
    {
        await CreateAsync();
        var all = Assert.Single(await RunAsync("MembershipReadAllKey", Text("DeploymentId", Cluster)));
        Assert.Equal(_columns, all.Keys, StringComparer.OrdinalIgnoreCase);
        Assert.Equal(0, all["Version"]);
        Assert.All(_columns.Skip(1), column => Assert.Null(all[column]));
        await InsertAsync(1, version: 0);
        var one = Assert.Single(await RunAsync("MembershipReadRowKey", Silo(2)));
        Assert.Equal(_columns, one.Keys, StringComparer.OrdinalIgnoreCase);
        Assert.Equal(1, one["Version"]);
        Assert.All(_columns.Skip(1), column => Assert.Null(one[column]));
    }

    [Fact]
    public async Task Silos_are_read_with_the_types_and_times_that_Orleans_expects()
    {
        await CreateAsync();
        await CreateAsync("another");
        await InsertAsync(1, version: 0);
        await InsertAsync(2, version: 1);
        await InsertAsync(3, version: 0, cluster: "another");
        await UpdateAsync(2, version: 2, suspects: "x");
        var rows = await RunAsync("MembershipReadAllKey", Text("DeploymentId", Cluster));
        Assert.Equal([1, 2], rows.Select(row => (int)row["Port"]!).Order());
        var expected = new object?[] { 3, "10.0.0.1", 2, 77, "silo", "host", Dead, 30_000, "x", Start, Alive.AddSeconds(9) };
        Assert.Equal(expected, _columns.Select(column => rows.Single(row => 2.Equals(row["Port"]))[column]));
        var one = Assert.Single(await RunAsync("MembershipReadRowKey", Silo(2)));
        Assert.Equal(expected, _columns.Select(column => one[column]));
    }

    [Fact]
    public async Task Gateways_are_the_active_silos_with_a_port_for_clients()
    {
        await CreateAsync();
        await InsertAsync(1, version: 0, proxyPort: 30_001);
        await InsertAsync(2, version: 1, proxyPort: 0);
        await InsertAsync(3, version: 2, status: 2);
        await InsertAsync(4, version: 3, status: Dead);
        var gateway = Assert.Single(await RunAsync("GatewaysQueryKey", Text("DeploymentId", Cluster), Number("Status", Active)));
        Assert.Equal(("10.0.0.1", 30_001, 77), (gateway["Address"], gateway["ProxyPort"], gateway["Generation"]));
        Assert.Empty(await RunAsync("GatewaysQueryKey", Text("DeploymentId", "another"), Number("Status", Active)));
    }

    [Fact]
    public async Task Clean_up_takes_silos_that_are_dead_for_long()
    {
        await CreateAsync();
        await InsertAsync(1, version: 0, alive: Alive.AddSeconds(-1));
        await InsertAsync(2, version: 1, alive: Alive.AddSeconds(-1), status: Dead);
        await InsertAsync(3, version: 2, alive: Alive, status: Dead);
        Assert.Empty(await RunAsync("CleanupDefunctSiloEntriesKey", Text("DeploymentId", "another"), Time("IAmAliveTime", Alive)));
        Assert.Equal(3, await CountAsync("orleans_membership"));
        Assert.Empty(await RunAsync("CleanupDefunctSiloEntriesKey", Text("DeploymentId", Cluster), Time("IAmAliveTime", Alive)));
        Assert.Equal(["1", "3"], await RowsAsync("select port from orleans_membership order by 1"));
        Assert.Equal(3, await VersionAsync());
    }

    [Theory]
    [InlineData(1, null, 0, 0, true)]
    [InlineData(2, "x", 0, 0, true)]
    [InlineData(1, "x", 0, 0, false)]
    [InlineData(2, null, 0, 0, false)]
    [InlineData(1, null, 1, 0, false)]
    [InlineData(1, null, 0, 1, false)]
    [InlineData(3, null, 0, 0, false)]
    public async Task One_dead_silo_is_cleaned_up_if_it_is_as_it_was_read(
        int port, string? suspects, int startsLater, int livesLonger, bool goes)
    {
        await CreateAsync();
        await InsertAsync(1, version: 0, status: Dead);
        await InsertAsync(2, version: 1, status: Dead);
        await InsertAsync(3, version: 2);
        await Database.ExecuteInAsync("update orleans_membership set suspect_times = 'x' where port = 2");
        Assert.Empty(await RunAsync("CleanupDefunctSiloEntryKey", [.. Silo(port), Text("SuspectTimes", suspects),
            Time("StartTime", Start.AddSeconds(startsLater)), Time("IAmAliveTime", Alive.AddSeconds(livesLonger))]));
        Assert.Equal(goes ? 0 : 1, await CountAsync($"orleans_membership where port = {port}"));
        Assert.Equal(goes ? 2 : 3, await CountAsync("orleans_membership"));
    }

    [Fact]
    public async Task A_deleted_cluster_leaves_the_others()
    {
        await CreateAsync();
        await CreateAsync("another");
        await InsertAsync(1, version: 0);
        await InsertAsync(1, version: 0, cluster: "another");
        Assert.Empty(await RunAsync("DeleteMembershipTableEntriesKey", Text("DeploymentId", Cluster)));
        Assert.Equal(["another|1"], await RowsAsync("""
            select m.deployment_id, v.version from orleans_membership m full join orleans_membership_version v using (deployment_id)
            """));
    }
}
