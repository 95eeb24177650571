using QLearning.Abstractions;
using QLearning.Learning.Exploration;
using QLearning.Storage.Agents;

namespace QLearning.Grains.Agents;

internal sealed partial class AgentGrain
{
    /// <summary>
    /// Stores the episode that has ended, if there is one. An episode's end costs two commits, one after the other, where a step inside it
    /// costs two calls: its last step waits for the flush of what it learned, and only then its trajectory is written, since PostgreSQL
    /// must never have a trajectory whose rewards its Q-values lack. Agents whose episodes end at the same time share both commits.
    /// </summary>
    /// <returns>Its summary; null when none has ended.</returns>
    private async Task<ObservationResult?> StoreEndedAsync()
    {
        if (_run is not { Ended: { } end } run)
        {
            return null;
        }

        var (info, own) = _row!;
        var type = await types.GetAsync(Key.AgentType, CancellationToken.None);
        var record = EpisodeRecords.From(run, type, info);
        var decay = new ExplorationDecay(own.ExplorationDecay ?? type.ExplorationDecay, own.MinExplorationRate ?? type.MinExplorationRate);
        var progress = new AgentProgress(
            Key,
            decay.After(info.ExplorationRate),
            own.LearningRate ?? type.LearningRate,
            run.NewQValues,
            RestingStatus,
            info.ExplorationRate,
            own.LearningRate);
        AgentTotals? stored;
        try
        {
            stored = await pump.WriteEpisodeAsync(record, progress);
        }
        catch (InvalidInputException)
        {
            // It will never be taken, such as when its session was deleted: the agent must be able to go on.
            EndRun();
            throw;
        }

        _row = new AgentRow(After(info, progress, stored ?? Totals(info), run.EndedAt), own);
        EndRun();
        var summary = new EpisodeSummary(record.Id, record.Rewards.Count, record.TotalReward, record.DiscountedReward, Info);
        var result = new ObservationResult(run.LastLearned, summary, run.LastReceipt);
        _lastEnd = (run.Episode.Id, end.Step, run.LastActed, run.Reported, result);
        if (stored is null)
        {
            // A SQL program deleted its row: what it does next registers it anew.
            _row = null;
        }

        return result;
    }

    /// <summary>As <see cref="StoreEndedAsync"/>, for the caller of the last step: an error says that it was learned.</summary>
    private async Task<ObservationResult?> StoreObservedAsync()
    {
        try
        {
            return await StoreEndedAsync();
        }
        catch (InvalidInputException refused)
        {
            throw new InvalidInputException(
                $"{refused.Message} The step was learned and counts; its episode is dropped without a trajectory.", refused)
            {
                IsLearned = true,
            };
        }
        catch (Exception error) when (error is StorageUnavailableException or WriteBacklogFullException)
        {
            throw new StorageUnavailableException(
                $"{error.Message} The step was learned, and its trajectory is not stored yet. Report the same step again.", error)
            {
                IsLearned = true,
            };
        }
    }

    private static AgentTotals Totals(AgentInfo info) =>
        new(info.TotalTasks, info.SuccessfulTasks, info.FailedTasks, info.TotalReward, info.AverageReward, info.QValuesStored);

    private static AgentInfo After(AgentInfo info, AgentProgress progress, in AgentTotals totals, DateTimeOffset endedAt) => info with
    {
        Status = info.Status is AgentStatus.Paused or AgentStatus.Error ? info.Status : progress.Status,
        ExplorationRate = progress.ExplorationRate,
        LearningRate = progress.LearningRate,
        TotalTasks = totals.TotalTasks,
        SuccessfulTasks = totals.SuccessfulTasks,
        FailedTasks = totals.FailedTasks,
        TotalReward = totals.TotalReward,
        AverageReward = totals.AverageReward,
        QValuesStored = totals.QValuesStored,
        LastActivity = endedAt,
    };

    private void Drop(string reason)
    {
        if (_run is { } run)
        {
            logger.EpisodeDropped(Key.ToString(), run.Episode.Id, run.Episode.Steps.Count, reason);
            RememberDropped(run);
            EndRun();
        }
    }

    private void EndRun()
    {
        _run = null;
        _statusTimer?.Dispose();
        _statusTimer = null;
        DelayDeactivation(TimeSpan.Zero);
    }
}
