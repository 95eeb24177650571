using QLearning.Abstractions;
using QLearning.Abstractions.Input;

namespace QLearning.Grains.QTables;

/// <summary>What is no longer to be known.</summary>
internal sealed partial class AgentTypeGrain
{
    // Well within the time that clients wait for an answer.
    private static readonly TimeSpan _longestAnswer = TimeSpan.FromSeconds(2);

    // Kept for a caller who asks again, because it took longer or the answer was lost.
    private Reset? _reset;

    public async ValueTask<ForgetResult> Forget(ForgetRequest request)
    {
        QTableCheck.Forget(request);
        if (request is { State: null, IsDryRun: false })
        {
            return await ResetAsync(request.Id);
        }

        var hot = await HotAsync();
        if (request.State is not { } state)
        {
            return new ForgetResult(await UntilStopAsync(hot.CountAsync()), hot.Partition.Count);
        }

        RequireOwned(hot, ReadKind.Values, [state]);
        var forgetting = hot.ForgetAsync(request, _releaseLimit);
        return new ForgetResult(await UntilStopAsync(forgetting, request.IsDryRun ? null : InDoubt), hot.Partition.Count);
    }

    private async Task<ForgetResult> ResetAsync(Guid id)
    {
        if (_reset is not { } reset || !reset.Answers(id))
        {
            var hot = await HotAsync();
            reset = _reset = _reset is { } other && other.Answers(id) ? other : new Reset(id, hot.Partition.Count, ForgetAllAsync(hot));
        }

        try
        {
            return new ForgetResult(await reset.Work.WaitAsync(_longestAnswer, time, _stopping.Token), reset.Partitions);
        }
        catch (TimeoutException)
        {
            return new ForgetResult(null, reset.Partitions);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            throw InDoubt($"The silo of '{this.GetPrimaryKeyString()}' is stopping, and the reset is not over. Call again.");
        }
    }

    /// <summary>Forgets all, and loads the table anew: whatever was being read meanwhile goes with the old one.</summary>
    private async Task<long> ForgetAllAsync(HotTable hot)
    {
        try
        {
            return await hot.ForgetAllAsync(_releaseLimit);
        }
        catch (Exception error)
        {
            // Perhaps nobody asks again.
            logger.ResetFailed(error, this.GetPrimaryKeyString());
            throw;
        }
        finally
        {
            if (_hot == hot && hot.Flusher.IsFenced)
            {
                hot.Dispose();
                (_hot, _loading) = (null, null);
            }
        }
    }

    /// <summary>One reset, under way or done.</summary>
    private sealed record Reset(Guid Id, int Partitions, Task<long> Work)
    {
        /// <summary>Whether whoever asks for a reset is told of this one: a failed one is tried again.</summary>
        public bool Answers(Guid id) => !Work.IsCompleted || (Work.IsCompletedSuccessfully && Id == id);
    }
}
