namespace QLearning.Storage.WriteBehind;

/// <summary>Writes what grains hand over. One per silo.</summary>
public interface IFlushPump
{
    /// <summary>
    /// Writes one grain's batch: all of it or none. While PostgreSQL is away it tries again, so the task may run for as long as that takes.
    /// A grain hands over its next batch only after this one has ended.
    /// </summary>
    /// <param name="batch">The batch; the caller must not change it any more.</param>
    /// <returns>How it ended; the task itself does not fail.</returns>
    Task<FlushOutcome> WriteAsync(QTableBatch batch);

    /// <summary>How long the oldest batch waits for its commit; zero when none waits.</summary>
    TimeSpan OldestWait { get; }

    /// <summary>False when what is handed in will never be written, although the pump was not stopped.</summary>
    bool IsRunning { get; }
}
