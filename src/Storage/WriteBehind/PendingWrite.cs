namespace QLearning.Storage.WriteBehind;

/// <summary>What was handed in to a lane and has no outcome yet.</summary>
internal sealed class PendingWrite<TItem, TOutcome>(TItem item, long handedInAt)
    where TOutcome : class
{
    public TItem Item => item;

    public long HandedInAt => handedInAt;

    /// <summary>How much it is, once the lane has looked.</summary>
    public WriteSize Size { get; set; }

    /// <summary>Whose it is, once the lane has looked.</summary>
    public string Owner { get; set; } = string.Empty;

    /// <summary>The most that one of its statements may write, after one took too long; null: what the lane writes.</summary>
    public WriteSize? Largest { get; set; }

    /// <summary>Whether the answer to a commit that had it was lost.</summary>
    public bool MayBeStored { get; set; }

    /// <summary>How often a lock or a time limit held it up.</summary>
    public int Locks { get; set; }

    /// <summary>Ends when it is to be tried again after a lock held it or another of its owner up.</summary>
    public Task Pause { get; set; } = Task.CompletedTask;

    // The owner goes on in its own turn, not inside the lane.
    public TaskCompletionSource<TOutcome> Outcome { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
