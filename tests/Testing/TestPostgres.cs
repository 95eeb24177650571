using QLearning.TestingHost;

namespace QLearning.Testing;

/// <summary>The PostgreSQL that the tests of this process share, as the clusters of <see cref="QLearningTestCluster"/> do.</summary>
public static class TestPostgres
{
    /// <summary>The connection string of the database to connect to when making others.</summary>
    public static Task<string> ConnectionStringAsync() => PrivateServer.ConnectionStringAsync();
}
