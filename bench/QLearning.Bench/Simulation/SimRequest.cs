namespace QLearning.Bench.Simulation;

/// <summary>A message to a grain.</summary>
/// <param name="Key">The grain's key.</param>
/// <param name="What">For the trace.</param>
internal abstract record SimRequest(string Key, string What)
{
    /// <summary>Has the grain do it, and sends the answer; does not fail.</summary>
    public abstract Task RunAsync(Grain grain);
}

/// <summary>A message that is answered.</summary>
internal sealed record SimRequest<T>(
    SimWorld World, string Key, string What, Func<Grain, Task<T>> Call, TaskCompletionSource<T> Answer) : SimRequest(Key, What)
{
    public override async Task RunAsync(Grain grain)
    {
        try
        {
            var result = await Call(grain);
            World.Network.Send($"answer to {What}", () => Answer.TrySetResult(result));
        }
        catch (Exception error)
        {
            if (World.IsTracing)
            {
                World.Trace($"{Key}: {What} -> {error.GetType().Name}: {error.Message}");
            }

            World.Network.Send($"error of {What}", () => Answer.TrySetException(error));
        }
    }
}
