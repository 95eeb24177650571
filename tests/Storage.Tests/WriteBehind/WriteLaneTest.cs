using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using QLearning.Storage.WriteBehind;

namespace QLearning.Storage.Tests.WriteBehind;

/// <summary>A test of a lane whose transactions end as the test says, on a clock that stands.</summary>
public abstract class WriteLaneTest : IDisposable
{
    private readonly OwnMeters _meters = new();

    private protected FakeLogger Log { get; } = new();

    private protected TimersSeen Time { get; } = new();

    private protected ScriptedWriter Writer { get; } = new();

    public void Dispose()
    {
        _meters.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>
    /// Hands in an item and, once it has been written, leaves the lane with all that the caller hands in next in one transaction.
    /// </summary>
    private protected async Task<Task<string>> BlockWithAsync(WriteLane<int, string> lane, int item)
    {
        var first = lane.WriteAsync(item);
        var running = await Writer.NextAsync();
        Writer.OnNext = running.Succeed;
        return first;
    }

    /// <summary>Lets the next transactions succeed and says what each had.</summary>
    private protected async Task<List<int[]>> TakenAsync(int count)
    {
        var taken = new List<int[]>();
        for (var i = 0; i < count; i++)
        {
            var attempt = await Writer.NextAsync();
            taken.Add(attempt.Items);
            attempt.Succeed();
        }

        return taken;
    }

    private protected WriteLane<int, string> Lane(WriteBehindOptions options, ILogger? log = null) =>
        new(Writer, options, new FlushInstruments(_meters), log ?? Log, Time);
}
