using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using QLearning.Abstractions;

namespace QLearning.Postgres;

/// <summary>Makes the data folder, starts the server on it and stops it. The caller holds the decision lock.</summary>
internal sealed class ServerControl(
    EmbeddedFolder folder, PostgresBinaries binaries, ServerAccount account, EmbeddedPostgresOptions options, TimeProvider time)
{
    private const int MostPorts = 5;

    // Between those that silos choose and those that Linux gives to connections.
    private const int FirstPort = 32_000;
    private const int LastPort = 32_767;
    private const int MostRandomPorts = 100;
    private const string UnicodeCtype = "C.UTF-8";
    private static readonly TimeSpan _grace = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan _pollInterval = TimeSpan.FromMilliseconds(100);

    public PostgresBinaries Binaries => binaries;

    /// <summary>
    /// Makes an empty database cluster whose only role has the password. Texts are sorted by bytes; what is a letter follows Unicode where
    /// the machine knows how, since pg_trgm finds no trigrams in what is not a letter.
    /// </summary>
    public async Task InitializeAsync(string password, CancellationToken ct)
    {
        var run = await RunInitDbAsync(UnicodeCtype, password, ct);
        if (!run.Succeeded && run.Said.Contains("invalid locale name", StringComparison.Ordinal))
        {
            run = await RunInitDbAsync("C", password, ct);
        }

        if (!run.Succeeded)
        {
            throw new StorageUnavailableException($"PostgreSQL could not make its data folder '{folder.Data}':\n{run.Said}");
        }

        folder.Finish();
    }

    private async Task<ToolRun> RunInitDbAsync(string ctype, string password, CancellationToken ct)
    {
        folder.MakeUnfinished();
        await account.TakeOverAsync(folder.Unfinished, time, ct);
        await account.CheckReachAsync(folder.Unfinished, time, ct);

        // initdb wants the password in a file it can open. The pipe between two programs of the same user is one, and leaves no trace.
        string[] InitDb(string data) =>
        [
            "/bin/sh", "-c", "cat | \"$@\"", "sh", binaries.InitDb, "-D", data, "-U", EmbeddedConnection.Name, "--pwfile=/dev/stdin",
            "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--lc-ctype=" + ctype, "--no-instructions",
            .. options.Fsync ? [] : (string[])["--no-sync"],
        ];
        return await ToolRun.RunAsync(account.Command(folder.Unfinished, null, InitDb), password + "\n", options.StartTimeout, time, ct);
    }

    /// <summary>The last thing the server logged, in one line; empty when it logged nothing.</summary>
    public string LastWords() => new ServerLog(folder.Log).LastWords();

    /// <summary>Starts the server, on the port of last time if that is free, and waits until it takes connections.</summary>
    /// <param name="ct">Cancels the start.</param>
    /// <param name="fixedPort">The only port that will do, or null.</param>
    /// <returns>The port.</returns>
    public async Task<int> StartAsync(CancellationToken ct, int? fixedPort = null)
    {
        Descriptors.KeepFromChildren();
        await account.CheckReachAsync(folder.Data, time, ct);
        RemoveStalePidFile();
        var start = time.GetTimestamp();
        var port = fixedPort ?? folder.ReadPort() ?? FreePort();
        for (var ports = 1; ;)
        {
            var log = new ServerLog(folder.Log);
            log.Begin();
            var run = await RunStartAsync(port, log, ct);
            if (run.Succeeded)
            {
                folder.WritePort(port);
                return port;
            }

            var said = log.Tail();
            var isTaken = said.Contains("Address already in use", StringComparison.Ordinal);
            if (isTaken && fixedPort is null && ports++ < MostPorts)
            {
                port = FreePort();
            }
            else if ((OldProcessesLinger(said) || (isTaken && fixedPort is not null)) && time.GetElapsedTime(start) < options.StartTimeout)
            {
                await Task.Delay(_pollInterval, time, ct);
            }
            else
            {
                throw new StorageUnavailableException(
                    $"PostgreSQL {binaries.Major} from '{binaries.Folder}' did not start on '{folder.Data}'. "
                    + $"The end of its log '{folder.Log}':\n{said}");
            }
        }
    }

    /// <summary>Stops the server and waits until it is down: connections are cut, everything is written.</summary>
    public async Task StopAsync(CancellationToken ct)
    {
        string[] Stop(string data) => [binaries.PgCtl, "stop", "-D", data, "-s", "-w", "-m", "fast", "-t", Seconds(options.StopTimeout)];
        var run = await ToolRun.RunAsync(account.Command(folder.Data, null, Stop), "", options.StopTimeout + _grace, time, ct);
        if (!run.Succeeded && Postmaster.FindAlive(folder.Data) is { } alive)
        {
            throw new StorageUnavailableException(string.Create(CultureInfo.InvariantCulture,
                $"PostgreSQL (process {alive.ProcessId}) on '{folder.Data}' did not stop: {run.Said}"));
        }
    }

    // Children of a killed server notice its death on their own and go; until then PostgreSQL refuses to start, and rightly. They may hold
    // its port too.
    private static bool OldProcessesLinger(string said) => said.Contains("pre-existing shared memory block", StringComparison.Ordinal);

    // Not one of those that the system gives to connections: while the server is down, such as between its death and its restart, one of
    // them could take its port.
    private static int FreePort()
    {
        for (var tries = 0; ; tries++)
        {
            var port = tries < MostRandomPorts ? RandomNumberGenerator.GetInt32(FirstPort, LastPort + 1) : 0;
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return ((IPEndPoint)listener.LocalEndpoint).Port;
            }
            catch (SocketException) when (port != 0)
            {
                // Taken, or not allowed: the next one.
            }
        }
    }

    private static string Seconds(TimeSpan span) => Math.Ceiling(Math.Max(1, span.TotalSeconds)).ToString(CultureInfo.InvariantCulture);

    private Task<ToolRun> RunStartAsync(int port, ServerLog log, CancellationToken ct)
    {
        string[] Start(string data) =>
            [binaries.PgCtl, "start", "-D", data, "-s", "-w", "-t", Seconds(options.StartTimeout), "-o",
                string.Join(' ', Settings(port).Select(s => "-c " + s))];

        // pg_ctl puts the server into a session of its own, so that neither our end nor Ctrl-C in our terminal reaches it.
        return ToolRun.RunAsync(account.Command(folder.Data, log.Path, Start), "", options.StartTimeout + _grace, time, ct);
    }

    private IEnumerable<string> Settings(int port)
    {
        yield return Postmaster.Mark;
        yield return "listen_addresses=" + EmbeddedConnection.Host;
        yield return string.Create(CultureInfo.InvariantCulture, $"port={port}");
        yield return "unix_socket_directories=";
        yield return string.Create(CultureInfo.InvariantCulture, $"max_connections={options.MaxConnections}");
        yield return string.Create(CultureInfo.InvariantCulture, $"shared_buffers={options.SharedBuffersMiB}MB");
        yield return "logging_collector=off";
        yield return "log_destination=stderr";
        if (!options.Fsync)
        {
            yield return "fsync=off";
            yield return "synchronous_commit=off";
            yield return "full_page_writes=off";
        }
    }

    // PostgreSQL refuses to start while any living process of its user has the pid of the file. We know that it is no server of these
    // data. Processes that outlived a killed server are still found by PostgreSQL itself, by their shared memory.
    private void RemoveStalePidFile()
    {
        if (Postmaster.FindAlive(folder.Data) is null)
        {
            File.Delete(Postmaster.PidFile(folder.Data));
        }
    }
}
