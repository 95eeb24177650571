using QLearning.Abstractions;
using QLearning.Client.Merging;

namespace QLearning.Client.Updates;

/// <summary>Puts the updates of calls together that are made in the same moment and are acknowledged in the same way.</summary>
internal sealed class UpdateMerger : IDisposable
{
    // Enough that what a call costs is small against what its updates do.
    private const int MaxUpdates = 1000;

    // An update costs more to send than to learn, so few calls with many are best; who waits for a commit must not wait for another one
    // first.
    private const int WriteBehindCalls = 4;
    private const int DurableCalls = 16;

    private readonly CallMerger<UpdateCall, UpdateCall>[] _byMode;

    /// <summary>Merges updates.</summary>
    /// <param name="deliver">Delivers calls together; what came of each stands in the call.</param>
    /// <param name="onMerged">Told how many calls go as one.</param>
    /// <param name="time">The clock.</param>
    public UpdateMerger(Func<IReadOnlyList<UpdateCall>, WriteMode, Task> deliver, Action<int> onMerged, TimeProvider time) =>
        _byMode = Array.ConvertAll(
            Enum.GetValues<WriteMode>(),
            mode => new CallMerger<UpdateCall, UpdateCall>(
                async call =>
                {
                    await deliver([call], mode);
                    return call;
                },
                async calls =>
                {
                    await deliver(calls, mode);
                    return [.. calls];
                },
                call => call.Updates.Count,
                MaxUpdates,
                mode == WriteMode.WriteBehind ? WriteBehindCalls : DurableCalls,
                onMerged,
                time));

    /// <summary>Updates that are not sent yet.</summary>
    public int WaitingCount => _byMode.Sum(merger => merger.WeightWaiting);

    /// <summary>Delivers a call, maybe with others.</summary>
    public Task SendAsync(UpdateCall call, WriteMode mode) => _byMode[(int)mode].CallAsync(call);

    public void Dispose() => Array.ForEach(_byMode, merger => merger.Dispose());
}
