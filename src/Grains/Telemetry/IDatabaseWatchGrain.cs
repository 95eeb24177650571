namespace QLearning.Grains.Telemetry;

/// <summary>Reads PostgreSQL's state for the metrics of the silo that it is in: one activation for the cluster.</summary>
[Alias("QLearning.IDatabaseWatchGrain")]
internal interface IDatabaseWatchGrain : IGrainWithStringKey
{
    /// <summary>The key of the one activation.</summary>
    const string Key = "database";

    /// <summary>Reads it, unless that was done just now; each silo asks for it at each interval.</summary>
    /// <exception cref="Abstractions.StorageUnavailableException">PostgreSQL cannot be asked.</exception>
    [Alias("Read")]
    Task Read();
}
