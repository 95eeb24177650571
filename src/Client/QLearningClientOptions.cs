using System.ComponentModel.DataAnnotations;
using QLearning.Client.Security;

namespace QLearning.Client;

/// <summary>How a client finds the cluster and how long it waits. Configuration section <c>QLearning:Client</c>.</summary>
public sealed class QLearningClientOptions
{
    /// <summary>
    /// The connection string of the cluster's PostgreSQL, where silos announce themselves. Default: <c>ConnectionStrings:QLearning</c>.
    /// </summary>
    public string? ConnectionString { get; set; }

    /// <summary>
    /// The gateways of silos, each as the IP address and the port that the silo advertises, such as <c>10.0.0.7:30000</c>; a mapping to
    /// another port or address does not work. With them the client needs no database at all; it asks only these silos, of which one must be
    /// there. Default: none, silos are found through <see cref="ConnectionString"/>.
    /// </summary>
    public IList<string> Gateways { get; } = [];

    /// <summary>
    /// Mutual TLS with the silos, needed when they have it. Default: that of <c>QLearning:Security</c>, none.
    /// </summary>
    public ClusterTlsOptions Security { get; } = new();

    /// <summary>The cluster, as the silos are set. Default: <c>qlearning</c>.</summary>
    [Required]
    public string ClusterId { get; set; } = "qlearning";

    /// <summary>The service, as the silos are set. Default: <c>qlearning</c>.</summary>
    [Required]
    public string ServiceId { get; set; } = "qlearning";

    /// <summary>
    /// How long one try of a call may take. A call in flight to a silo that is killed learns of it only by this. Default: 4 s.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00")]
    public TimeSpan ResponseTimeout { get; set; } = TimeSpan.FromSeconds(4);

    /// <summary>How long a call that may safely be repeated is tried again. Default: 30 s; zero: never.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan RetryFor { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Whether updates are kept until they are durable and sent again when the silo that acknowledged them was lost, so that nothing is
    /// lost while the client lives and each counts once. Without it a silo that dies takes the write-behind updates of its last flush
    /// interval along. Either way an update without an answer is repeated under its number, and agents' steps are kept. Default: true.
    /// </summary>
    public bool ResendNotDurable { get; set; } = true;

    /// <summary>
    /// The most updates of one agent type that are kept until they are durable, each about 300 bytes; one whose states or actions come
    /// with JSON counts as one more for each 128 characters. Further ones wait for room for <see cref="RetryFor"/>, then they are refused.
    /// Default: 200,000.
    /// </summary>
    [Range(1, 10_000_000)]
    public int MaxNotDurableUpdates { get; set; } = 200_000;

    /// <summary>
    /// Whether best actions and updates of one agent type that are asked for in the same moment go to the silo as one call. Each still has
    /// its own answer, and one that is refused does not harm the others. It makes many callers in one process several times as fast; a lone
    /// caller notices nothing. Default: true.
    /// </summary>
    public bool MergeCalls { get; set; } = true;

    /// <summary>How long the start waits for a first silo. Default: 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How often the list of silos is read again. A client goes on asking a silo that hangs until the list lacks it. Default: 2 s.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00")]
    public TimeSpan GatewayListRefreshPeriod { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// When the program traces (it listens to the activity source <c>QLearning</c>): of calls outside of any span, one in so many begins a
    /// trace, which the program's sampler may drop. Calls inside a span that is recorded are always part of its trace. Default: 100.
    /// </summary>
    [Range(1, 1_000_000_000)]
    public int TraceOneIn { get; set; } = 100;
}
