using System.Collections.Concurrent;
using System.Diagnostics;
using QLearning.Storage.WriteBehind;

namespace QLearning.Storage.Tests.WriteBehind.Told;

/// <summary>
/// The writer of a lane with statements as small as a case wants them, and with what happens before each attempt. It notes which answers
/// were lost.
/// </summary>
internal sealed class TroubledWriter(
    ILaneWriter<QTableBatch, FlushOutcome> writer, WriteSize statement, Func<IReadOnlyList<QTableBatch>, Task> before)
    : ILaneWriter<QTableBatch, FlushOutcome>
{
    private readonly ConcurrentDictionary<(Guid Owner, long Watermark), Doubt> _doubts = [];
    private readonly ConcurrentDictionary<(Guid Owner, long Watermark), Doubt> _written = [];
    private readonly ConcurrentDictionary<Task, bool> _running = [];

    public string Kind => writer.Kind;

    public WriteSize Measure(QTableBatch item) => writer.Measure(item);

    public string NameOwner(QTableBatch item) => writer.NameOwner(item);

    public IReadOnlyList<ActivityContext> CallsOf(QTableBatch item) => writer.CallsOf(item);

    public FlushOutcome Fail(FlushStatus status, Exception error) => writer.Fail(status, error);

    public bool IsFenced(FlushOutcome outcome) => writer.IsFenced(outcome);

    public Task<FlushOutcome[]> WriteAsync(IReadOnlyList<QTableBatch> items, WriteSize largest, CancellationToken cancellationToken) =>
        AroundAsync(items, Doubt.AllOrNothing, async () =>
        {
            var outcomes = await writer.WriteAsync(items, largest.AtMost(statement), cancellationToken);
            foreach (var (item, outcome) in items.Zip(outcomes))
            {
                NoteWritten(item, outcome, Doubt.AllOrNothing);
            }

            return outcomes;
        });

    public Task<FlushOutcome?> WriteWithoutRefusedAsync(QTableBatch item, WriteSize largest, CancellationToken cancellationToken) =>
        AroundAsync([item], Doubt.PartOrNothing, async () =>
        {
            var outcome = await writer.WriteWithoutRefusedAsync(item, largest.AtMost(statement), cancellationToken);
            NoteWritten(item, outcome, Doubt.PartOrNothing);
            return outcome;
        });

    public Task<FlushOutcome?[]> FindStoredAsync(IReadOnlyList<QTableBatch> items, CancellationToken cancellationToken) =>
        AroundAsync(items, Doubt.None, () => writer.FindStoredAsync(items, cancellationToken));

    /// <summary>
    /// What may be stored of a flush although its owner is not told so. A lane that stops gives up an attempt that takes long: that one may
    /// end well after all.
    /// </summary>
    public Doubt DoubtOf(QTableBatch batch, FlushStatus told)
    {
        var lost = _doubts.GetValueOrDefault((batch.OwnerId, batch.Watermark));
        var givenUp = told is FlushStatus.Written or FlushStatus.Fenced
            ? Doubt.None
            : _written.GetValueOrDefault((batch.OwnerId, batch.Watermark));
        return givenUp > lost ? givenUp : lost;
    }

    /// <summary>Ends when nothing is under way, also of what the lane has given up.</summary>
    public Task QuietAsync() => Task.WhenAll(_running.Keys).ContinueWith(_ => { }, TaskScheduler.Default);

    private async Task<T> AroundAsync<T>(IReadOnlyList<QTableBatch> items, Doubt ifLost, Func<Task<T>> work)
    {
        var running = RunAsync(items, ifLost, work);
        _running.TryAdd(running, true);
        return await running;
    }

    private async Task<T> RunAsync<T>(IReadOnlyList<QTableBatch> items, Doubt ifLost, Func<Task<T>> work)
    {
        await before(items);
        try
        {
            return await work();
        }
        catch (Exception error) when (!PostgresErrors.IsCertainlyRolledBack(error))
        {
            foreach (var item in items)
            {
                Note(_doubts, item, ifLost);
            }

            throw;
        }
    }

    private void NoteWritten(QTableBatch item, FlushOutcome? outcome, Doubt ifGivenUp)
    {
        if (outcome is { Status: FlushStatus.Written })
        {
            Note(_written, item, ifGivenUp);
        }
    }

    private static void Note(ConcurrentDictionary<(Guid Owner, long Watermark), Doubt> doubts, QTableBatch item, Doubt doubt) =>
        doubts.AddOrUpdate((item.OwnerId, item.Watermark), doubt, (_, known) => known > doubt ? known : doubt);
}
