using QLearning.Abstractions;
using QLearning.Learning.QTables;
using QLearning.Storage.QTables;

namespace QLearning.Grains.QTables;

/// <summary>
/// How Q-values are forgotten. First everything is written, so that whatever was learned of them has its number stored and no resend brings
/// it back; while their rows are deleted, under the epoch of this owner, updates wait.
/// </summary>
internal sealed partial class HotTable
{
    private QTableOwner Rows => new(Partition, Owner.Epoch, Owner.Id);

    /// <summary>Forgets Q-values of a state, or counts them.</summary>
    /// <param name="request">The state, perhaps with an action.</param>
    /// <param name="limit">How long updates may wait until those before are written.</param>
    /// <returns>How many.</returns>
    /// <exception cref="FencedException">A newer owner has the rows.</exception>
    /// <exception cref="StorageUnavailableException">PostgreSQL cannot do it.</exception>
    public async Task<long> ForgetAsync(ForgetRequest request, TimeSpan limit)
    {
        if (!request.IsDryRun)
        {
            return await Flusher.WhileHeldAsync(() => EraseAsync(request), limit);
        }

        await Flusher.TryCommitAsync();
        return await eraser.EraseStateAsync(Rows, request, CancellationToken.None) ?? throw Flusher.Fenced();
    }

    /// <summary>Counts all Q-values.</summary>
    /// <exception cref="FencedException">A newer owner has the rows.</exception>
    /// <exception cref="StorageUnavailableException">PostgreSQL cannot do it.</exception>
    public async Task<long> CountAsync()
    {
        await Flusher.TryCommitAsync();
        return await eraser.EraseAllAsync(Rows, isDryRun: true, CancellationToken.None) ?? throw Flusher.Fenced();
    }

    /// <summary>Forgets all Q-values; this owner has released its rows after it.</summary>
    /// <param name="limit">How long updates may be refused until all is written.</param>
    /// <returns>How many.</returns>
    /// <exception cref="FencedException">A newer owner has the rows.</exception>
    /// <exception cref="StorageUnavailableException">PostgreSQL did not do it, or not all of it.</exception>
    public async Task<long> ForgetAllAsync(TimeSpan limit)
    {
        await Flusher.ReleaseAsync(limit);
        return await eraser.EraseAllAsync(Rows, isDryRun: false, CancellationToken.None) ?? throw Flusher.FencedError();
    }

    private async Task<UpdateResult> LearnWhenFreeAsync(UpdateBatch batch, QTable? elsewhere, HashSet<StateKey>? states)
    {
        while (true)
        {
            // Nothing is held while it waits for something to be forgotten.
            await Flusher.WhenFreeAsync();
            using var late = HasRewards(batch) ? await CheckRewardsAsync(batch) : null;
            // The table may have outgrown memory while this waited.
            states ??= Table.IsWhole ? null : Touched(batch, elsewhere);
            using var lease = states is null ? null : await LeaseAsync(states);
            if (!Flusher.IsHeld)
            {
                Flusher.CheckOwner();
                return Apply(batch, elsewhere, late);
            }
        }
    }

    private async Task<long> EraseAsync(ForgetRequest request)
    {
        var state = request.State!.Value;
        try
        {
            var erased = await eraser.EraseStateAsync(Rows, request, CancellationToken.None) ?? throw Flusher.Fenced();

            // What is being read now may have begun before.
            await loader.SettleAsync();
            await refresher.SettleAsync();
            rewards.Forget(Table.Forget(state, request.Action));
            return erased;
        }
        catch (StorageUnavailableException)
        {
            // The rows may be gone all the same: memory goes by what the database has.
            Refresh([state]);
            throw;
        }
    }
}
