using System.Globalization;
using Microsoft.Extensions.Logging;
using Npgsql;
using QLearning.Abstractions;

namespace QLearning.Postgres;

/// <summary>
/// The private PostgreSQL of the embedded default: made from the machine's own binaries, reachable on loopback only. Several processes can
/// use one folder: the first starts the server, the others join, the last one out stops it. The server survives the death of whoever
/// started it; the next start finds it and joins.
/// </summary>
public sealed class EmbeddedPostgres : IAsyncDisposable
{
    private static readonly TimeSpan _pollInterval = TimeSpan.FromMilliseconds(100);

    // A lock that was just given back can linger for as long as a child of ours takes from fork to exec, which a busy machine draws out.
    private static readonly TimeSpan _lockLinger = TimeSpan.FromMilliseconds(500);
    private readonly EmbeddedFolder _folder;
    private readonly ServerControl _control;
    private readonly EmbeddedPostgresOptions _options;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private FolderLock? _use;

    private EmbeddedPostgres(EmbeddedFolder folder, ServerControl control, EmbeddedPostgresOptions options,
        ILogger logger, TimeProvider time)
    {
        _folder = folder;
        _control = control;
        _options = options;
        _logger = logger;
        _time = time;
    }

    /// <summary>Where the server answers.</summary>
    public EmbeddedConnection Server { get; private set; } = null!;

    /// <summary>The connection string for Npgsql.</summary>
    public string ConnectionString => Server.ConnectionString;

    /// <summary>The address for psql and other tools of PostgreSQL.</summary>
    public string Url => Server.Url;

    /// <summary>PostgreSQL's major version, such as 17.</summary>
    public int MajorVersion => _control.Binaries.Major;

    /// <summary>PostgreSQL's data folder, as an absolute path.</summary>
    public string DataFolder => Server.DataFolder;

    /// <summary>
    /// Starts the server of a folder, or joins it when it runs. The first start makes the data folder, the role and the database.
    /// </summary>
    /// <param name="options">The folder, and how the server runs.</param>
    /// <param name="logger">Gets what was started, joined and stopped.</param>
    /// <param name="time">Bounds waiting.</param>
    /// <param name="ct">Cancels the start.</param>
    /// <exception cref="InvalidInputException">The folder cannot be used: it is a file, or permission is missing.</exception>
    /// <exception cref="StorageUnavailableException">
    /// No PostgreSQL was found, it did not start (the message has the end of its log), or another program's server runs on the same data.
    /// </exception>
    public static async Task<EmbeddedPostgres> StartAsync(
        EmbeddedPostgresOptions options, ILogger logger, TimeProvider time, CancellationToken ct)
    {
        if (OperatingSystem.IsWindows())
        {
            throw new StorageUnavailableException(
                "The private PostgreSQL runs on Linux and macOS. On Windows, set ConnectionStrings__QLearning to a server of your own.");
        }

        return await FolderErrors.ExplainAsync(options.Folder, async () =>
        {
            var folder = new EmbeddedFolder(options.Folder);
            folder.Create();
            using var decision = await FolderLock.ExclusiveAsync(folder.DecisionLock, options.StartTimeout, time, ct);
            var binaries = await PostgresBinaries.FindAsync(folder.DataMajor(), time, ct);
            var account = await ServerAccount.ChooseAsync(folder.Data, time, ct);
            var control = new ServerControl(folder, binaries, account, options, time);
            var started = new EmbeddedPostgres(folder, control, options, logger, time);
            await started.EnterAsync(ct);
            return started;
        });
    }

    /// <summary>The server that runs on a folder, without starting one; null when none does.</summary>
    /// <param name="folder">The folder of <see cref="EmbeddedPostgresOptions.Folder"/>.</param>
    public static EmbeddedConnection? FindRunning(string folder)
    {
        return FolderErrors.Explain(folder, () =>
        {
            var files = new EmbeddedFolder(folder);
            return Postmaster.FindAlive(files.Data) is { IsOurs: true, Port: > 0 } alive && files.ReadPassword() is { } password
                ? new EmbeddedConnection(files.Data, alive.Port, alive.ProcessId, password)
                : null;
        });
    }

    /// <summary>Whether a PostgreSQL has written data in a folder, running or not.</summary>
    /// <param name="folder">The folder of <see cref="EmbeddedPostgresOptions.Folder"/>.</param>
    public static bool HasData(string folder) => FolderErrors.Explain(folder, () => new EmbeddedFolder(folder).HasData);

    /// <summary>Why the server does not run, in one line; null while it does.</summary>
    public string? FindDeath() => FolderErrors.Explain(_options.Folder, () =>
    {
        if (Postmaster.FindAlive(_folder.Data) is not null)
        {
            return null;
        }

        var lastWords = _control.LastWords();
        return string.Create(CultureInfo.InvariantCulture, $"its process {Server.ProcessId} is gone")
            + (lastWords.Length == 0 ? ", its log is empty" : $", the last it logged: {lastWords}");
    });

    /// <summary>
    /// Starts the server again on the port it had, unless it runs: it may have been killed, or its disk may have been full. Its clients'
    /// connection strings stay right. Of several processes that use the folder one starts it.
    /// </summary>
    /// <param name="ct">Cancels the start.</param>
    /// <exception cref="StorageUnavailableException">It did not start; the message has the end of its log.</exception>
    public Task RestartAsync(CancellationToken ct) => FolderErrors.ExplainAsync(_options.Folder, async () =>
    {
        using var decision = await FolderLock.ExclusiveAsync(_folder.DecisionLock, _options.StartTimeout, _time, ct);
        if (_use is not null && Postmaster.FindAlive(_folder.Data) is null)
        {
            var port = await _control.StartAsync(ct, Server.Port);
            Server = Server with { Port = port, ProcessId = Postmaster.FindAlive(_folder.Data)?.ProcessId ?? 0 };
        }

        return true;
    });

    /// <summary>Stops the server if no other process uses it, and waits until it is down.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _use, null) is not { } use)
        {
            return;
        }

        using var decision = await FolderLock.ExclusiveAsync(_folder.DecisionLock, _options.StopTimeout, _time, CancellationToken.None);
        use.Dispose();
        using var alone = await FolderLock.TryExclusiveAsync(_folder.UseLock, _lockLinger, _time, CancellationToken.None);
        if (alone is null)
        {
            _logger.ServerLeftRunning(Server);
            return;
        }

        if (Postmaster.FindAlive(_folder.Data) is { IsOurs: true })
        {
            await _control.StopAsync(CancellationToken.None);
            _logger.ServerStopped(Server);
        }
    }

    private async Task EnterAsync(CancellationToken ct)
    {
        if (!_folder.HasData)
        {
            _logger.ServerInitializing(_control.Binaries.Major, _folder.Data);
            await _control.InitializeAsync(_folder.EnsurePassword(), ct);
        }

        var password = _folder.ReadPassword() ?? throw InvalidInputException.For(
            "data folder", _folder.Root, "its file 'password' is missing, so its data cannot be reached",
            "the folder as it was made; restore the file");
        var begin = _time.GetTimestamp();
        while (Postmaster.FindAlive(_folder.Data) is { } alive)
        {
            if (await TryJoinAsync(alive, password, begin, ct))
            {
                Hold();
                return;
            }

            await Task.Delay(_pollInterval, _time, ct);
        }

        await StartServerAsync(password, ct);
    }

    /// <returns>False when the server does not answer yet, or not any more.</returns>
    private async Task<bool> TryJoinAsync(Postmaster alive, string password, long begin, CancellationToken ct)
    {
        if (!alive.IsOurs)
        {
            throw new StorageUnavailableException(string.Create(CultureInfo.InvariantCulture,
                $"PostgreSQL (process {alive.ProcessId}) runs on the data folder '{_folder.Data}', but another program started it. ")
                + $"Allowed: one server per data folder. Stop it (pg_ctl stop -D '{_folder.Data}'), or choose another folder with --data.");
        }

        var server = new EmbeddedConnection(_folder.Data, alive.Port, alive.ProcessId, password);
        try
        {
            var fsync = await ServerProbe.CheckAsync(server, _options.StartTimeout, ct);
            Server = server;
            _logger.ServerJoined(server);
            if (_options.Fsync && !fsync)
            {
                _logger.ServerJoinedWithoutFsync(server);
            }

            return true;
        }
        catch (NpgsqlException e) when (_time.GetElapsedTime(begin) >= _options.StartTimeout)
        {
            throw new StorageUnavailableException(
                $"PostgreSQL runs on the data folder but does not answer ({server}): {e.Message}. Its log is '{_folder.Log}'.", e);
        }
        catch (NpgsqlException)
        {
            // It is starting, recovering or stopping: look again until the deadline.
            return false;
        }
    }

    private async Task StartServerAsync(string password, CancellationToken ct)
    {
        var entered = false;
        try
        {
            var port = await _control.StartAsync(ct);
            Server = new EmbeddedConnection(_folder.Data, port, Postmaster.FindAlive(_folder.Data)?.ProcessId ?? 0, password);
            await CheckStartedAsync(ct);
            Hold();
            entered = true;
            _logger.ServerStarted(Server);
        }
        catch (NpgsqlException e)
        {
            throw new StorageUnavailableException(
                $"PostgreSQL started but does not answer ({Server}): {e.Message}. Its log is '{_folder.Log}'.", e);
        }
        finally
        {
            if (!entered && Postmaster.FindAlive(_folder.Data) is not null)
            {
                await _control.StopAsync(CancellationToken.None);
            }
        }
    }

    /// <summary>Looks again until the deadline: on a busy machine a server that has just started may answer late.</summary>
    private async Task CheckStartedAsync(CancellationToken ct)
    {
        var begin = _time.GetTimestamp();
        while (true)
        {
            try
            {
                await ServerProbe.CheckAsync(Server, _options.StartTimeout, ct);
                return;
            }
            catch (NpgsqlException) when (
                _time.GetElapsedTime(begin) < _options.StartTimeout && Postmaster.FindAlive(_folder.Data) is not null)
            {
                await Task.Delay(_pollInterval, _time, ct);
            }
        }
    }

    private void Hold() => _use = FolderLock.TryShared(_folder.UseLock)
        ?? throw new StorageUnavailableException(
            $"Another program holds the lock '{_folder.UseLock}'. Allowed: only qlearn's processes share it.");
}
