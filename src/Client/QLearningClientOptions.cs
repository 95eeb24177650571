using System.ComponentModel.DataAnnotations;

namespace QLearning.Client;

/// <summary>How a client finds the cluster and how long it waits. Configuration section <c>QLearning:Client</c>.</summary>
public sealed class QLearningClientOptions
{
    /// <summary>The connection string of the cluster's PostgreSQL, where silos announce themselves. Default: <c>ConnectionStrings:QLearning</c>.</summary>
    [Required(ErrorMessage = "A connection string is needed: set ConnectionStrings:QLearning or QLearning:Client:ConnectionString.")]
    public string? ConnectionString { get; set; }

    /// <summary>The cluster, as the silos are set. Default: <c>qlearning</c>.</summary>
    [Required]
    public string ClusterId { get; set; } = "qlearning";

    /// <summary>The service, as the silos are set. Default: <c>qlearning</c>.</summary>
    [Required]
    public string ServiceId { get; set; } = "qlearning";

    /// <summary>
    /// How long one try of a call may take. A call in flight to a silo that is killed learns of it only by this. Default: 5 s.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00")]
    public TimeSpan ResponseTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a call that may safely be repeated is tried again. Default: 30 s; zero: never.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan RetryFor { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the start waits for a first silo. Default: 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How often the list of silos is read again. Default: 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00")]
    public TimeSpan GatewayListRefreshPeriod { get; set; } = TimeSpan.FromSeconds(5);
}
