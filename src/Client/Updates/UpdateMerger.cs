using QLearning.Abstractions;
using QLearning.Client.Merging;

namespace QLearning.Client.Updates;

/// <summary>Puts updates of one kind together that are sent in the same moment and are acknowledged in the same way.</summary>
/// <typeparam name="T">The kind of update.</typeparam>
internal sealed class UpdateMerger<T> : IDisposable
{
    // Enough that what a call costs is small against what its updates do.
    private const int MaxUpdates = 1000;

    // An update costs more to send than to learn, so few calls with many are best; who waits for a commit must not wait for another one first.
    private const int WriteBehindCalls = 4;
    private const int DurableCalls = 16;

    private readonly CallMerger<T[], LearnResult[]>[] _byMode;

    /// <summary>Merges updates.</summary>
    /// <param name="send">Sends updates as one batch.</param>
    /// <param name="time">The clock.</param>
    public UpdateMerger(Func<T[], WriteMode, Task<LearnResult[]>> send, TimeProvider time) =>
        _byMode = Array.ConvertAll(
            Enum.GetValues<WriteMode>(),
            mode => new CallMerger<T[], LearnResult[]>(
                batch => send(batch, mode),
                batches => SendTogetherAsync(send, batches, mode),
                batch => batch.Length,
                MaxUpdates,
                mode == WriteMode.WriteBehind ? WriteBehindCalls : DurableCalls,
                time));

    /// <summary>Updates that are not sent yet.</summary>
    public int WaitingCount => _byMode.Sum(merger => merger.WeightWaiting);

    /// <summary>Sends a batch, maybe with others.</summary>
    public Task<LearnResult[]> SendAsync(T[] batch, WriteMode mode) => _byMode[(int)mode].CallAsync(batch);

    public void Dispose() => Array.ForEach(_byMode, merger => merger.Dispose());

    private static async Task<LearnResult[][]> SendTogetherAsync(
        Func<T[], WriteMode, Task<LearnResult[]>> send, IReadOnlyList<T[]> batches, WriteMode mode)
    {
        var all = await send([.. batches.SelectMany(batch => batch)], mode);
        var results = new LearnResult[batches.Count][];
        var begin = 0;
        for (var i = 0; i < results.Length; i++)
        {
            results[i] = all[begin..(begin + batches[i].Length)];
            begin += batches[i].Length;
        }

        return results;
    }
}
