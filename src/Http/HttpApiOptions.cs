using System.ComponentModel.DataAnnotations;

namespace QLearning.Http;

/// <summary>Limits of the HTTP API. Configuration section <c>QLearning:Http</c>.</summary>
public sealed class HttpApiOptions
{
    /// <summary>The largest body of a request about one thing, in bytes. Default: 256 KiB.</summary>
    [Range(1_024, 1 << 30)]
    public int MaxBodyBytes { get; set; } = 256 * 1024;

    /// <summary>The largest body of a request about many things at once, in bytes. Default: 16 MiB.</summary>
    [Range(1_024, 1 << 30)]
    public int MaxBatchBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>The largest body of a stream (NDJSON), in bytes. Default: 1 GiB.</summary>
    [Range(1_024, long.MaxValue)]
    public long MaxStreamBytes { get; set; } = 1L << 30;

    /// <summary>How long a request may take, its body included; a stream may take as long as it goes on. Default: 60 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>The least a caller must send of a body, in bytes a second, after the first five seconds. Default: 240.</summary>
    [Range(1, 1 << 30)]
    public int MinBodyBytesPerSecond { get; set; } = 240;

    /// <summary>The most connections that are open at a time; further ones are closed at once. Default: 10,000.</summary>
    [Range(1, 1_000_000)]
    public int MaxConnections { get; set; } = 10_000;
}
