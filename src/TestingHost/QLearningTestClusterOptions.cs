using Microsoft.Extensions.Logging;
using QLearning.Client;

namespace QLearning.TestingHost;

/// <summary>How a test cluster is made.</summary>
public sealed class QLearningTestClusterOptions
{
    /// <summary>How many silos it starts with, 0 to 16. Default: 1.</summary>
    public int InitialSilos { get; set; } = 1;

    /// <summary>
    /// The clock of the silos, such as a <c>FakeTimeProvider</c>; null: the system's. Nothing that waits for time, such as the flush of
    /// what waits to be written or the end of a time to live, happens before it is advanced. Orleans' own timers follow it too, but
    /// calls between grains that are under way do not time out by it while it is advanced by less than 24 days; SQL's <c>now()</c> and the
    /// client do not follow it. Default: null.
    /// </summary>
    public TimeProvider? TimeProvider { get; set; }

    /// <summary>
    /// The connection string of the cluster's database, which has the whole schema, and stays; null: a new one, dropped with the cluster.
    /// Default: null.
    /// </summary>
    public string? ConnectionString { get; set; }

    /// <summary>Whether <see cref="QLearningTestCluster.Client"/> is connected. Default: true.</summary>
    public bool ConnectClient { get; set; } = true;

    /// <summary>Whether each silo answers HTTP, on a free port of the loopback address. Default: false.</summary>
    public bool Http { get; set; }

    /// <summary>Changes each silo before it starts. Default: null.</summary>
    public Action<ISiloBuilder>? ConfigureSilo { get; set; }

    /// <summary>Where silos log. Default: null, nowhere.</summary>
    public Action<ILoggingBuilder>? ConfigureLogging { get; set; }

    /// <summary>Changes the options of the client. Default: null.</summary>
    public Action<QLearningClientOptions>? ConfigureClient { get; set; }
}
