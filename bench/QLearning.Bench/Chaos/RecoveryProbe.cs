using QLearning.Abstractions;
using QLearning.Client;

namespace QLearning.Bench.Chaos;

/// <summary>
/// Finds out when new calls are answered again: sends one to each agent type every 50 ms, whatever became of those before.
/// </summary>
internal sealed class RecoveryProbe(QLearningClient client, TimeProvider time)
{
    private static readonly TimeSpan _interval = TimeSpan.FromMilliseconds(50);

    /// <summary>The time until a call that was sent from now on has been answered for each agent type.</summary>
    /// <param name="giveUp">The longest time.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<TimeSpan> MeasureAsync(TimeSpan giveUp, CancellationToken cancellationToken)
    {
        var times = await Task.WhenAll(
            ChaosLoad.AgentTypes.Select(type => MeasureAsync(client.AgentType(type), giveUp, cancellationToken)));
        return times.Max();
    }

    private async Task<TimeSpan> MeasureAsync(AgentTypeClient type, TimeSpan giveUp, CancellationToken cancellationToken)
    {
        using var answered = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var first = new TaskCompletionSource<TimeSpan>(TaskCreationOptions.RunContinuationsAsynchronously);
        var began = time.GetTimestamp();
        var asking = new List<Task>();
        while (!first.Task.IsCompleted && time.GetElapsedTime(began) < giveUp)
        {
            asking.Add(AskAsync(type, began, first, answered.Token));
            await Task.WhenAny(first.Task, Task.Delay(_interval, time, cancellationToken));
        }

        await answered.CancelAsync();
        await Task.WhenAll(asking);
        return first.Task.IsCompletedSuccessfully ? await first.Task : giveUp;
    }

    private async Task AskAsync(AgentTypeClient type, long began, TaskCompletionSource<TimeSpan> first, CancellationToken answered)
    {
        try
        {
            await type.GetBestActionAsync(StateKey.Parse("probe"), answered);
            first.TrySetResult(time.GetElapsedTime(began));
        }
        catch (Exception error) when (error is QLearningException or OperationCanceledException)
        {
            // Not answered, or another one was first: the next one is on its way.
        }
    }
}
