using System.ComponentModel.DataAnnotations;
using System.Net;
using QLearning.Abstractions;

namespace QLearning.Silo;

/// <summary>How a silo runs. Configuration section <c>QLearning:Silo</c>.</summary>
public sealed class SiloSettings
{
    /// <summary>The default of <see cref="MissedProbes"/>, also of silos that are set up without these settings.</summary>
    internal const int UsualMissedProbes = 3;

    /// <summary>
    /// The connection string of the cluster's PostgreSQL. Null: the embedded default, a private PostgreSQL in <see cref="DataFolder"/>.
    /// </summary>
    public string? ConnectionString { get; set; }

    /// <summary>Where the embedded default keeps its data. Default: <c>.qlearning</c> in the working folder.</summary>
    [Required]
    public string DataFolder { get; set; } = ".qlearning";

    /// <summary>Whether the embedded PostgreSQL waits for the disk at each commit. False: data may be lost. Default: true.</summary>
    public bool Fsync { get; set; } = true;

    /// <summary>The TCP port for other silos; 0: a free one. Default: 0.</summary>
    [Range(0, 65_535)]
    public int SiloPort { get; set; }

    /// <summary>The TCP port for clients; 0: a free one. Default: 0.</summary>
    [Range(0, 65_535)]
    public int GatewayPort { get; set; }

    /// <summary>
    /// The TCP port that answers <c>/v1</c>, <c>GET /live</c>, <c>GET /ready</c> and <c>GET /metrics</c> over HTTP, on
    /// <see cref="AdvertisedAddress"/>; 0: a free one; null: none. Default: null.
    /// </summary>
    [Range(0, 65_535)]
    public int? HttpPort { get; set; }

    /// <summary>
    /// Whether a free port is taken when <see cref="HttpPort"/> is not free; if not, the start is refused. Default: false.
    /// </summary>
    public bool HttpPortMayDiffer { get; set; }

    /// <summary>Whether metrics are collected, and <c>GET /metrics</c> answers. Default: true.</summary>
    public bool Metrics { get; set; } = true;

    /// <summary>
    /// Whether <see cref="Metrics"/> have what Orleans counts of each message too (sizes, look-ups, latencies of requests). It slows each
    /// call. Default: false.
    /// </summary>
    public bool MessageMetrics { get; set; }

    /// <summary>
    /// Whether traces of callers go on in this silo; null: when a standard variable says where traces are to be sent
    /// (<c>OTEL_EXPORTER_OTLP_ENDPOINT</c> or <c>OTEL_EXPORTER_OTLP_TRACES_ENDPOINT</c>). Default: null.
    /// </summary>
    public bool? Traces { get; set; }

    /// <summary>
    /// Whether Orleans' dashboard answers at <c>/dashboard</c> of <see cref="HttpPort"/>. It slows each call, needs a key with the scope
    /// <c>admin</c> where keys are required, and must be on in all silos of a cluster or in none. Default: false.
    /// </summary>
    public bool Dashboard { get; set; }

    /// <summary>The address that other silos and clients reach this silo by. Default: 127.0.0.1.</summary>
    [Required]
    public string AdvertisedAddress { get; set; } = IPAddress.Loopback.ToString();

    /// <summary>
    /// Whether a proxy before it has TLS for HTTP, as <c>QLearning:Security:BehindProxy</c>: one of the two is enough. Default: false.
    /// </summary>
    public bool BehindProxy { get; set; }

    /// <summary>
    /// Whether <see cref="BehindProxy"/> goes before <c>QLearning:Security:BehindProxy</c>, as one that was typed does. Default: false.
    /// </summary>
    public bool BehindProxyDecides { get; set; }

    /// <summary>The cluster: silos of one cluster share a database and find each other through it. Default: <c>qlearning</c>.</summary>
    [Required]
    public string ClusterId { get; set; } = "qlearning";

    /// <summary>The service, which scopes reminders and grain storage. Default: <c>qlearning</c>.</summary>
    [Required]
    public string ServiceId { get; set; } = "qlearning";

    /// <summary>
    /// How long the grains may take to flush all that waits when the silo stops; what they cannot write by then is lost, and the log says
    /// so. Leaving the cluster takes up to 20 seconds more when PostgreSQL is away. Default: 1 minute.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan ShutdownTimeout { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// How many probes in a row another silo may leave unanswered before it is declared dead and must end. Each waits for 0.7 to 2 seconds;
    /// one to a process that is gone fails at once. More suit machines that let a process wait for seconds. Default: 3.
    /// </summary>
    [Range(1, 100)]
    public int MissedProbes { get; set; } = UsualMissedProbes;

    /// <exception cref="InvalidInputException">A setting is missing or out of its range.</exception>
    internal void Check()
    {
        var problems = new List<ValidationResult>();
        if (!Validator.TryValidateObject(this, new ValidationContext(this), problems, validateAllProperties: true))
        {
            throw new InvalidInputException(
                $"The settings of the silo are not allowed. {string.Join(' ', problems.Select(problem => problem.ErrorMessage))}");
        }
    }
}
