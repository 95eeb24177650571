using QLearning.Abstractions;
using QLearning.Storage;
using QLearning.Storage.Patterns;

namespace QLearning.Grains.Patterns;

/// <summary>
/// Records uses of patterns: callers that come while a statement is under way share the next one. Each use has an id that is stored with
/// it, so a statement whose answer was lost may be repeated. Runs in the turns of its grain.
/// </summary>
internal sealed class PatternUseRecorder(PatternStore store, TimeProvider time)
{
    private const int MaxTries = 5;

    private static readonly TimeSpan _firstPause = TimeSpan.FromMilliseconds(100);

    private Batch? _next;
    private Task _underWay = Task.CompletedTask;

    /// <summary>Returns the patterns after the statement that has the uses.</summary>
    /// <exception cref="UnknownPatternException">A pattern was deleted; nothing of the call was recorded.</exception>
    /// <exception cref="StorageUnavailableException">PostgreSQL cannot be asked; sending the same uses again is safe.</exception>
    public async Task<IReadOnlyDictionary<Guid, Pattern>> RecordAsync(PatternUse[] uses)
    {
        var batch = _next ??= Start();
        batch.Uses.AddRange(uses);
        try
        {
            return await WrittenAsync(batch, uses);
        }
        catch (StatementRefusedException refused)
        {
            throw refused.ForCaller;
        }
    }

    private async Task<IReadOnlyDictionary<Guid, Pattern>> WrittenAsync(Batch batch, PatternUse[] uses)
    {
        try
        {
            return await batch.Written;
        }
        catch (Exception error) when (
            error is UnknownPatternException or StatementRefusedException && batch.Uses.Count > uses.Length)
        {
            // Whose pattern it was is not known: each caller's uses go by themselves.
            return await WriteAsync(uses);
        }
    }

    private Batch Start()
    {
        var batch = new Batch();
        _underWay = batch.Written = RunAsync(batch, _underWay);
        return batch;
    }

    private async Task<IReadOnlyDictionary<Guid, Pattern>> RunAsync(Batch batch, Task before)
    {
        await before.ConfigureAwait(
            ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext | ConfigureAwaitOptions.ForceYielding);
        _next = null;
        return await WriteAsync([.. batch.Uses.DistinctBy(use => use.Id)]);
    }

    private async Task<IReadOnlyDictionary<Guid, Pattern>> WriteAsync(PatternUse[] uses)
    {
        var pause = _firstPause;
        var isInDoubt = false;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return (await store.UseAsync(uses, CancellationToken.None)).ToDictionary(pattern => pattern.Id);
            }
            catch (StorageUnavailableException error) when (attempt < MaxTries)
            {
                isInDoubt |= error.MayHaveTakenEffect;
                await Task.Delay(pause, time);
                pause *= 2;
            }
            catch (StorageUnavailableException error) when (isInDoubt && !error.MayHaveTakenEffect)
            {
                throw new StorageUnavailableException($"{error.Message} An earlier try may have taken effect.")
                {
                    MayHaveTakenEffect = true,
                };
            }
        }
    }

    private sealed class Batch
    {
        public List<PatternUse> Uses { get; } = [];

        public Task<IReadOnlyDictionary<Guid, Pattern>> Written { get; set; } = null!;
    }
}
