namespace QLearning.Postgres;

/// <summary>How the private PostgreSQL of the embedded default is kept and run.</summary>
public sealed class EmbeddedPostgresOptions
{
    /// <summary>The folder that holds its data, password, port and log. Default: <c>.qlearning</c> in the working folder.</summary>
    public string Folder { get; init; } = ".qlearning";

    /// <summary>
    /// Whether a commit reaches the disk before it is acknowledged. Default: true. False is for tests whose data may be lost.
    /// </summary>
    public bool Fsync { get; init; } = true;

    /// <summary>The most connections the server takes. Default: 200.</summary>
    public int MaxConnections { get; init; } = 200;

    /// <summary>PostgreSQL's own page cache, in MiB. Default: 128.</summary>
    public int SharedBuffersMiB { get; init; } = 128;

    /// <summary>How long a start may take, recovery after a crash and the wait for other processes included. Default: 2 minutes.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How long a stop may take. Default: 1 minute.</summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromMinutes(1);
}
