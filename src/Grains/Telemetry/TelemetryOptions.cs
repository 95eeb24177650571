using System.ComponentModel.DataAnnotations;

namespace QLearning.Grains.Telemetry;

/// <summary>What a silo tells of itself. Configuration section <c>QLearning:Telemetry</c>.</summary>
public sealed class TelemetryOptions
{
    /// <summary>
    /// How many agent types have a value of their own of the tag <c>agent_type</c>, in the order in which the silo meets them; all others
    /// share the value <c>other</c>. Default: 100.
    /// </summary>
    [Range(0, 10_000)]
    public int MaxAgentTypes { get; set; } = 100;

    /// <summary>How often one silo of the cluster reads PostgreSQL's state. Default: 1 minute.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan DatabaseInterval { get; set; } = TimeSpan.FromMinutes(1);
}
