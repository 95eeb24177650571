using Microsoft.Extensions.Logging;
using QLearning.Abstractions;
using QLearning.Grains.QTables;
using QLearning.Learning.QTables;
using QLearning.Storage.QTables;

namespace QLearning.Grains.SqlChanges;

/// <summary>
/// Reads again what other programs changed of a hot table. Whoever tells it of a change only has it noted: the reading is a loop of its
/// own in the turns of the grain, in slices of one short query each, so that it may take as long as it takes. A slice that fails is tried
/// again and no other with it; what is noted meanwhile waits its turn. A state with an entry that was dirty or in flight is read again
/// once it is neither: what was dirty has then been written over what SQL wrote, and of what was only in flight the database knows who
/// wrote last.
/// </summary>
internal sealed class TableRefresher(
    TablePartition partition, QTable table, IQTableReader reader, StateLoader loader, TimeProvider time, ILogger logger)
    : IDisposable
{
    /// <summary>The most states of one query.</summary>
    public const int SliceSize = 1_000;

    // More names than these are remembered as "any state".
    private const int MaxNoted = 100_000;

    private static readonly TimeSpan _retryPause = TimeSpan.FromSeconds(1);

    // How often it looks whether what was skipped can be read: about as often as flushes end, and less often when there is much to look at.
    private static readonly TimeSpan _settlePause = TimeSpan.FromMilliseconds(50);
    private const int SkippedPerPause = 10_000;

    private readonly TimeProvider _time = time;
    private readonly ILogger _logger = logger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly HashSet<StateKey> _noted = [];
    private readonly HashSet<StateKey> _skipped = [];
    private Task _reading = Task.CompletedTask;
    private bool _isAnyNoted;
    private WholeTablePass? _pass;
    private long _lookedAt;
    private bool _isRunning;
    private bool _isFailing;

    private TimeSpan SettlePause => _settlePause * (1 + (_skipped.Count / SkippedPerPause));

    private bool HasWork => _noted.Count > 0 || _isAnyNoted || _pass is not null || _skipped.Count > 0;

    /// <summary>Notes that states were changed; null: any state. They are read soon, whatever fails meanwhile.</summary>
    public void Note(IReadOnlyCollection<StateKey>? states)
    {
        if (states is null || _noted.Count + states.Count > MaxNoted)
        {
            _isAnyNoted = true;
        }
        else
        {
            _noted.UnionWith(states);
        }

        if (!_isRunning)
        {
            _isRunning = true;
            _ = RunAsync();
        }
    }

    /// <summary>Ends when nothing is being read that may have been read before now.</summary>
    public async Task SettleAsync() =>
        await _reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);

    /// <summary>Reads nothing more.</summary>
    public void Dispose() => _stopping.Cancel();

    private async Task RunAsync()
    {
        try
        {
            while (HasWork && !_stopping.IsCancellationRequested)
            {
                await TryStepAsync();
            }
        }
        catch (Exception) when (_stopping.IsCancellationRequested)
        {
            // The activation has ended, perhaps in the middle of a query that failed for a reason of its own.
        }
        finally
        {
            _isRunning = false;
        }
    }

    private async Task TryStepAsync()
    {
        try
        {
            await StepAsync();
            if (_isFailing)
            {
                _isFailing = false;
                _logger.RefreshBack(partition.Owner.ToString());
            }
        }
        catch (Exception error) when (!_stopping.IsCancellationRequested)
        {
            // Whatever it was: what was changed is not forgotten, and the table must go on being refreshed.
            if (!_isFailing)
            {
                _isFailing = true;
                _logger.RefreshFailed(error, partition.Owner.ToString(), _retryPause);
            }

            await Task.Delay(_retryPause, _time, _stopping.Token);
        }
    }

    private async Task StepAsync()
    {
        NoteSettled();
        var isIdle = true;
        if (_noted.Count > 0)
        {
            isIdle = false;
            await ReadNotedAsync();
        }

        if (_isAnyNoted || _pass is not null)
        {
            isIdle = false;
            await ReadNextOfAllAsync();
        }

        if (isIdle)
        {
            await Task.Delay(SettlePause, _time, _stopping.Token);
        }
    }

    /// <summary>What was skipped and can be read now is noted again.</summary>
    private void NoteSettled()
    {
        if (_skipped.Count > 0 && _time.GetElapsedTime(_lookedAt) >= SettlePause)
        {
            _lookedAt = _time.GetTimestamp();
            StateKey[] settled = [.. _skipped.Where(table.CanRefresh)];
            _skipped.ExceptWith(settled);
            _noted.UnionWith(settled);
        }
    }

    private async Task ReadNotedAsync()
    {
        StateKey[] slice = [.. _noted.Take(SliceSize)];
        _noted.ExceptWith(slice);
        try
        {
            await ReadAsync(slice);
        }
        catch
        {
            _noted.UnionWith(slice);
            throw;
        }
    }

    private async Task ReadNextOfAllAsync()
    {
        if (_pass is null)
        {
            // What is noted from now on costs another pass. A load that is under way may bring what was before the change, of a state that
            // is not in memory yet.
            _isAnyNoted = false;
            await loader.SettleAsync();
            _pass = new WholeTablePass(table.StateSlices(SliceSize));
            table.Added = table.IsWhole ? state => _pass?.Added.Add(state) : null;
        }

        if (_pass.HotSlice is { } slice)
        {
            await ReadAsync(slice);
            _pass.Advance();
        }
        else if (!table.IsWhole || !await ReadUnknownAsync(_pass))
        {
            table.Added = null;
            _noted.UnionWith(_pass.Added);
            _pass = null;
        }
    }

    /// <summary>Reads states that the database has and memory has not; false when there are no more.</summary>
    private async Task<bool> ReadUnknownAsync(WholeTablePass pass)
    {
        var page = await reader.ListStatesAsync(partition, pass.ListedUpTo, CancellationToken.None);
        StateKey[] unknown = [.. page.States.Where(state => !table.Contains(state))];
        if (table.StateCount + unknown.Length > loader.MaxStates)
        {
            // What is hot stays hot, others are loaded when they are asked for.
            table.IsWhole = false;
            return false;
        }

        foreach (var slice in unknown.Chunk(SliceSize))
        {
            await ReadAsync(slice);
        }

        pass.Added.ExceptWith(unknown);
        pass.ListedUpTo = page.Last ?? pass.ListedUpTo;
        return page.Last is not null;
    }

    /// <summary>Reads some states.</summary>
    private Task ReadAsync(StateKey[] states) => _reading = ReadSliceAsync(states);

    private async Task ReadSliceAsync(StateKey[] states)
    {
        // A load that began before the change may bring what was before it.
        await loader.SettleAsync();
        StateKey[] wanted = [.. states.Where(state => partition.Owns(state) && (table.IsWhole || table.Contains(state)))];
        if (wanted.Length == 0)
        {
            return;
        }

        using (var refresh = table.BeginRefresh(wanted))
        {
            await reader.LoadStatesAsync(partition.AgentType, wanted, row => refresh.Take(row), CancellationToken.None);
            _skipped.UnionWith(refresh.Complete());
        }

        loader.Evict();
    }

    /// <summary>How far a refresh of everything has come: first what is in memory, then what only the database has.</summary>
    private sealed class WholeTablePass
    {
        private readonly IEnumerator<StateKey[]> _hot;

        public WholeTablePass(IEnumerable<StateKey[]> hot)
        {
            _hot = hot.GetEnumerator();
            Advance();
        }

        /// <summary>The states in memory that are read next; null when all were.</summary>
        public StateKey[]? HotSlice { get; private set; }

        /// <summary>
        /// States that were learned for the first time since it began, in a table that seemed to know all: the database may have more of
        /// them.
        /// </summary>
        public HashSet<StateKey> Added { get; } = [];

        /// <summary>Up to which state those of the database were listed, in the order of its index.</summary>
        public string ListedUpTo { get; set; } = string.Empty;

        public void Advance() => HotSlice = _hot.MoveNext() ? _hot.Current : null;
    }
}
