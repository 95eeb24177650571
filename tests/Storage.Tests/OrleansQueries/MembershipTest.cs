namespace QLearning.Storage.Tests.OrleansQueries;

/// <summary>What the tests of cluster membership do again and again.</summary>
public abstract class MembershipTest : OrleansQueryTest
{
    protected const string Cluster = "cluster";
    protected const int Active = 3;
    protected const int Dead = 6;

    protected const string Members = """
        select concat_ws(' ', address, port, generation, silo_name, host_name, status, proxy_port, coalesce(suspect_times, 'null'),
                         to_char(i_am_alive_time at time zone 'UTC', 'HH24:MI:SS')) as member
        from orleans_membership order by deployment_id, port
        """;

    protected Task<bool> CreateAsync(string cluster = Cluster) =>
        AskAsync<bool>("InsertMembershipVersionKey", Text("DeploymentId", cluster));

    protected Task<bool> InsertAsync(
        int port, int version, string cluster = Cluster, int status = Active, int proxyPort = 30_000, DateTime? alive = null) =>
        AskAsync<bool>(
            "InsertMembershipKey",
            [
                .. Silo(port, cluster), Text("SiloName", "silo"), Text("HostName", "host"), Number("Status", status),
                Number("ProxyPort", proxyPort), Time("StartTime", Start), Time("IAmAliveTime", alive ?? Alive), Number("Version", version),
            ]);

    protected Task<bool> UpdateAsync(int port, int version, int status = Dead, string? suspects = null) =>
        AskAsync<bool>(
            "UpdateMembershipKey",
            [
                .. Silo(port), Number("Status", status), Text("SuspectTimes", suspects), Time("IAmAliveTime", Alive.AddSeconds(9)),
                Number("Version", version),
            ]);

    protected Task<int> VersionAsync(string cluster = Cluster) =>
        Database.QueryAsync<int>($"select version from orleans_membership_version where deployment_id = '{cluster}'");

    protected static DbParam[] Silo(int port, string cluster = Cluster) =>
        [Text("DeploymentId", cluster), Text("Address", "10.0.0.1"), Number("Port", port), Number("Generation", 77)];
}
