using QLearning.Storage.WriteBehind;

namespace QLearning.Grains.Tests.QTables.Unit;

/// <summary>A pump that keeps what it is handed until the test says how it ended.</summary>
internal sealed class FakePump : IFlushPump
{
    private readonly Queue<TaskCompletionSource<FlushOutcome>> _open = new();

    /// <summary>All that it was handed, the oldest first.</summary>
    public List<QTableBatch> Batches { get; } = [];

    public int UnderWay => _open.Count;

    /// <summary>What is thrown when it is handed something.</summary>
    public Exception? Thrown { get; set; }

    public TimeSpan OldestWait => TimeSpan.Zero;

    public bool IsRunning => true;

    public Task<FlushOutcome> WriteAsync(QTableBatch batch)
    {
        if (Thrown is { } thrown)
        {
            throw thrown;
        }

        // Read now: later the rows would have other values.
        Batches.Add(batch with { Writes = [.. batch.Writes] });
        var end = new TaskCompletionSource<FlushOutcome>();
        _open.Enqueue(end);
        return end.Task;
    }

    /// <summary>The oldest batch under way is committed, all but some of its rows.</summary>
    public void Commit(params int[] leftOut)
    {
        var batch = Batches[^_open.Count];
        var ids = Enumerable.Range(0, batch.Writes.Count).Where(i => batch.Writes[i].RowId == 0 && !leftOut.Contains(i));
        End(new FlushOutcome(
            FlushStatus.Written,
            ids.ToDictionary(i => i, i => (batch.Watermark * 1000) + i),
            leftOut.Length == 0 ? null : new InvalidOperationException("the row is not allowed"),
            leftOut));
    }

    /// <summary>The oldest batch under way ends without being written.</summary>
    public void End(FlushStatus status) =>
        End(new FlushOutcome(status, new Dictionary<int, long>(), new TimeoutException("the pump stopped")));

    /// <summary>Each row of the oldest batch under way is refused.</summary>
    public void RefuseEach() => End(new FlushOutcome(
        FlushStatus.Refused,
        new Dictionary<int, long>(),
        new InvalidOperationException("no row is allowed"),
        [.. Enumerable.Range(0, Batches[^_open.Count].Writes.Count)]));

    private void End(FlushOutcome outcome) => _open.Dequeue().SetResult(outcome);
}
