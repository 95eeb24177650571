namespace QLearning.Bench.Simulation;

/// <summary>A process: what it has in memory is lost when it dies, and nothing of it runs any more.</summary>
/// <param name="name">For the trace.</param>
internal sealed class SimNode(string name)
{
    public string Name { get; } = name;

    public bool IsAlive { get; private set; } = true;

    public void Kill() => IsAlive = false;
}

/// <summary>
/// Where the code of a process goes on after it waited: in the order in which it became ready, as the turns of one grain, or in any order,
/// as on the threads of a pool.
/// </summary>
internal sealed class SimContext(SimScheduler scheduler, SimNode node, bool isFifo) : SynchronizationContext
{
    private readonly Queue<(SendOrPostCallback Callback, object? State)> _queue = new();

    public SimNode Node { get; } = node;

    public bool IsFifo { get; } = isFifo;

    public bool HasMore => _queue.Count > 0;

    public override void Post(SendOrPostCallback d, object? state) => scheduler.Post(this, d, state);

    public override void Send(SendOrPostCallback d, object? state) => throw new NotSupportedException();

    public override SynchronizationContext CreateCopy() => this;

    /// <summary>Keeps a callback in its order; true when the context must be chosen once more.</summary>
    internal bool Enqueue(SendOrPostCallback callback, object? state)
    {
        if (IsFifo)
        {
            _queue.Enqueue((callback, state));
            return _queue.Count == 1;
        }

        return true;
    }

    internal (SendOrPostCallback Callback, object? State) Dequeue() => _queue.Dequeue();
}
