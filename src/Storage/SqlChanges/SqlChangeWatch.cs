using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using QLearning.Abstractions;

namespace QLearning.Storage.SqlChanges;

/// <summary>Looks again and again at what other programs wrote through SQL and tells it. One per silo.</summary>
public sealed class SqlChangeWatch : IAsyncDisposable
{
    // Rows of sql_changes live for half a minute; a reader that was away for less has missed nothing.
    private static readonly TimeSpan _maxGap = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan _purgeAge = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan _snapshotInterval = TimeSpan.FromSeconds(5);

    // A mark holds for a minute. Each leaves a dead row in a table of one row for each silo.
    private static readonly TimeSpan _markInterval = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan _retryPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _leaveLimit = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _stopping = new();
    private readonly Queue<(long At, string Snapshot)> _snapshots = new();
    private readonly string _name = Guid.NewGuid().ToString();
    private readonly SqlChangeReader _reader;
    private readonly ISqlChangeSink _sink;
    private readonly SqlChangeOptions _options;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private Task _loop = Task.CompletedTask;
    private SqlChangePoll? _last;
    private long _lastAt;
    private long? _markedAt;
    private ulong? _settlesAt;
    private bool _wasForgotten;
    private bool _isLost;

    /// <summary>A watch that has not begun.</summary>
    /// <param name="dataSource">The database.</param>
    /// <param name="sink">Who is told.</param>
    /// <param name="options">How often to look.</param>
    /// <param name="logger">Where failures are told.</param>
    /// <param name="time">The clock.</param>
    public SqlChangeWatch(
        NpgsqlDataSource dataSource,
        ISqlChangeSink sink,
        IOptions<SqlChangeOptions> options,
        ILogger<SqlChangeWatch> logger,
        TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        (_reader, _sink, _options, _logger, _time) = (new SqlChangeReader(dataSource), sink, options.Value, logger, time);
    }

    /// <summary>Begins to look; returns after the first look, or at once when the database does not answer.</summary>
    /// <param name="cancellationToken">Ends the first look.</param>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await TryLookAsync(cancellationToken);
        _loop = Task.Run(RunAsync, CancellationToken.None);
    }

    /// <summary>Stops looking.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_stopping.IsCancellationRequested)
        {
            return;
        }

        try
        {
            // A database that hangs must not hold up the stop.
            await LeaveAsync().WaitAsync(_leaveLimit, _time);
        }
        catch (Exception error) when (PostgresErrors.IsFromDatabase(error))
        {
            // It will be forgotten after an hour.
            _logger.WatchLost(error, TimeSpan.Zero);
        }
    }

    private async Task LeaveAsync()
    {
        await _stopping.CancelAsync();
        await _loop;
        await _reader.LeaveAsync(_name, CancellationToken.None);
        _stopping.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            while (true)
            {
                await Task.Delay(_isLost ? _retryPause : _options.PollInterval, _time, _stopping.Token);
                await TryLookAsync(_stopping.Token);
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // Stopped.
        }
        catch (Exception error) when (PostgresErrors.IsFromDatabase(error) && _stopping.IsCancellationRequested)
        {
            // Stopped in the middle of a look that failed for a reason of its own.
            _logger.WatchLost(error, TimeSpan.Zero);
        }
    }

    private async Task TryLookAsync(CancellationToken cancellationToken)
    {
        try
        {
            await LookAsync(cancellationToken);
            if (_isLost)
            {
                _isLost = false;
                _logger.WatchBack();
            }
        }
        catch (Exception error) when (PostgresErrors.IsFromDatabase(error) && !cancellationToken.IsCancellationRequested)
        {
            if (!_isLost)
            {
                _isLost = true;
                _logger.WatchLost(error, _retryPause);
            }
        }
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        if (_markedAt is not { } marked || _time.GetElapsedTime(marked) >= _markInterval)
        {
            await MarkAsync(cancellationToken);
        }

        var poll = await _reader.PollAsync(_name, _last?.Snapshot, cancellationToken);
        if (!poll.IsMarked)
        {
            await MarkAsync(cancellationToken);
            poll = await _reader.PollAsync(_name, _last?.Snapshot, cancellationToken);
        }

        var isNew = _wasForgotten || _last is null || _last.ServerStart != poll.ServerStart || _time.GetElapsedTime(_lastAt) > _maxGap;
        if (isNew)
        {
            // Transactions that began before there was a reader may still commit what they did not note.
            _wasForgotten = false;
            _settlesAt = poll.Next;
            _snapshots.Clear();
            _sink.AnythingChanged();
        }
        else if (_settlesAt <= poll.Oldest)
        {
            _settlesAt = null;
            _sink.AnythingChanged();
        }
        else
        {
            Tell(poll.Changes);
        }

        (_last, _lastAt) = (poll, _time.GetTimestamp());
        await PurgeAsync(poll.Snapshot, cancellationToken);
    }

    private async Task MarkAsync(CancellationToken cancellationToken)
    {
        var began = _time.GetTimestamp();
        _wasForgotten |= await _reader.MarkAsync(_name, cancellationToken);
        _markedAt = began;
    }

    private void Tell(IReadOnlyList<SqlChange> changes)
    {
        foreach (var byType in changes.GroupBy(change => (change.AgentType, change.Subject)))
        {
            if (byType.Key.AgentType is { } agentType)
            {
                Tell(agentType, byType.Key.Subject, byType);
            }
            else
            {
                _sink.AnythingChanged();
            }
        }
    }

    private void Tell(string agentType, SqlChangeSubject subject, IEnumerable<SqlChange> changes)
    {
        switch (subject)
        {
            case SqlChangeSubject.Settings:
                _sink.SettingsChanged(agentType);
                break;
            case SqlChangeSubject.Patterns:
                _sink.PatternsChanged(agentType);
                break;
            case SqlChangeSubject.Agents:
                _sink.AgentsChanged(
                    agentType, changes.Any(change => change.Instance is null) ? null : [.. changes.Select(change => change.Instance!)]);
                break;
            default:
                // A key that is none of ours cannot be in a hot table.
                _sink.QValuesChanged(agentType, changes.Any(change => change.State is null)
                    ? null
                    : [.. changes.Select(change => StateKey.TryParse(change.State!, out var key) ? key : default)
                        .Where(key => !key.IsEmpty)
                        .Distinct()]);
                break;
        }
    }

    private async Task PurgeAsync(string snapshot, CancellationToken cancellationToken)
    {
        if (_snapshots.Count == 0 || _time.GetElapsedTime(_snapshots.Last().At) >= _snapshotInterval)
        {
            _snapshots.Enqueue((_time.GetTimestamp(), snapshot));
        }

        if (_time.GetElapsedTime(_snapshots.Peek().At) > _purgeAge)
        {
            await _reader.PurgeAsync(_snapshots.Dequeue().Snapshot, cancellationToken);
        }
    }
}
