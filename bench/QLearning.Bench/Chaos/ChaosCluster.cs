using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using QLearning.Abstractions;
using QLearning.Bench.Upgrade;
using QLearning.Postgres;
using QLearning.Storage.Migrations;
using QLearning.Testing;

namespace QLearning.Bench.Chaos;

/// <summary>A PostgreSQL of its own and silos in processes of their own, which reach it through a relay.</summary>
internal sealed class ChaosCluster : IAsyncDisposable
{
    private const int MostStartedAgain = 3;

    private readonly DirectoryInfo _folder;
    // HTTP without keys, which loopback addresses may have: what is tested is not who calls.
    private readonly Dictionary<string, string> _environment = new() { ["QLearning__Security__Authentication"] = "Off" };

    // Replaced, never changed: callers over HTTP look for a silo while faults take one away.
    private volatile SiloProcess[] _silos = [];
    private readonly EmbeddedPostgres _postgres;
    private int _startedAgain;

    private ChaosCluster(DirectoryInfo folder, LimitedDisk? disk, EmbeddedPostgres postgres, int? missedProbes)
    {
        (_folder, Disk, _postgres) = (folder, disk, postgres);
        if (missedProbes is { } missed)
        {
            _environment["QLearning__Silo__MissedProbes"] = missed.ToString(CultureInfo.InvariantCulture);
        }

        Proxy = new DatabaseProxy(postgres.ConnectionString);
        // Not pooled: after an outage a pool would hand out connections that are dead.
        Database = NpgsqlDataSource.Create(postgres.ConnectionString + ";Pooling=false");
    }

    /// <summary>The disk that has PostgreSQL's data; null: that of the machine.</summary>
    public LimitedDisk? Disk { get; }

    /// <summary>Between the silos and PostgreSQL.</summary>
    public DatabaseProxy Proxy { get; }

    /// <summary>The database, asked without silos and relay.</summary>
    public NpgsqlDataSource Database { get; }

    /// <summary>For clients.</summary>
    public string ConnectionString => _postgres.ConnectionString;

    /// <summary>The silos that run.</summary>
    public IReadOnlyList<SiloProcess> Silos => _silos;

    /// <summary>Starts PostgreSQL and silos.</summary>
    /// <param name="silos">How many.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <param name="limitsDisk">Whether PostgreSQL's data are on a disk of their own, which can be filled.</param>
    /// <param name="olderProgram">The <c>qlearn.dll</c> that makes the schema and the silos; null: this program does.</param>
    /// <param name="missedProbes">How many probes a silo may miss before it is declared dead; null: as usual.</param>
    public static async Task<ChaosCluster> StartAsync(
        int silos, CancellationToken cancellationToken, bool limitsDisk = false, string? olderProgram = null, int? missedProbes = null)
    {
        var folder = Directory.CreateTempSubdirectory("qlearning-chaos-");
        var disk = limitsDisk ? await LimitedDisk.CreateAsync(folder, cancellationToken) : null;
        var postgres = await StartPostgresAsync(folder, disk, cancellationToken);
        var cluster = new ChaosCluster(folder, disk, postgres, missedProbes);
        try
        {
            await cluster.FillAsync(silos, olderProgram, cancellationToken);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts one more silo.</summary>
    public Task AddSiloAsync(CancellationToken cancellationToken) =>
        AddAsync(["--cluster", Proxy.ConnectionString], [], _environment, cancellationToken);

    /// <summary>Starts one more silo that is reached by an address, with a command before its own.</summary>
    public Task AddSiloAsync(string connectionString, string address, string[] prefix, CancellationToken cancellationToken) =>
        AddAsync(["--cluster", connectionString, "--advertise", address, "--behind-proxy"], prefix, null, cancellationToken);

    /// <summary>Starts one more silo, which has the grains of the benchmarks too and does without the relay.</summary>
    public async Task AddBenchSiloAsync(CancellationToken cancellationToken) =>
        Add(await SiloProcess.StartAsync(["--cluster", ConnectionString], [], cancellationToken, BenchProgram.Name));

    /// <summary>The silo that an identity, as grains tell it, belongs to.</summary>
    public SiloProcess Find(string siloIdentity) =>
        _silos.First(silo =>
            siloIdentity.Contains(string.Create(CultureInfo.InvariantCulture, $":{silo.Port}:"), StringComparison.Ordinal));

    /// <summary>Forgets a silo that has ended or is to end.</summary>
    public async Task RemoveAsync(SiloProcess silo)
    {
        _silos = [.. _silos.Where(one => one != silo)];
        await silo.DisposeAsync();
    }

    /// <summary>
    /// Replaces silos that have ended: on a machine too slow to answer for two seconds, one may be declared dead although it lives, and
    /// then it ends itself.
    /// </summary>
    /// <returns>How many.</returns>
    public async Task<int> ReplaceEndedAsync(CancellationToken cancellationToken)
    {
        SiloProcess[] ended = [.. _silos.Where(silo => silo.HasExited)];
        foreach (var silo in ended)
        {
            await RemoveAsync(silo);
            await AddSiloAsync(cancellationToken);
        }

        var count = ended.Length + _startedAgain;
        _startedAgain = 0;
        return count;
    }

    /// <summary>Stops PostgreSQL as its administrator would, whoever is connected; it keeps its port.</summary>
    public async Task StopPostgresAsync(CancellationToken cancellationToken)
    {
        using var postmaster = Process.GetProcessById(_postgres.Server.ProcessId);
        using var fastStop = Process.Start("kill", ["-INT", postmaster.Id.ToString(CultureInfo.InvariantCulture)]);
        await postmaster.WaitForExitAsync(cancellationToken);
    }

    /// <summary>As <c>kill -9</c> of its postmaster does: whatever it has not written is gone.</summary>
    public Task KillPostgresAsync()
    {
        using var postmaster = Process.GetProcessById(_postgres.Server.ProcessId);
        postmaster.Kill();
        return Task.CompletedTask;
    }

    /// <summary>Starts PostgreSQL on the port it had, if it does not run; returns when it answers.</summary>
    public Task StartPostgresAsync(CancellationToken cancellationToken) => _postgres.RestartAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        foreach (var silo in _silos)
        {
            await silo.DisposeAsync();
        }

        await Database.DisposeAsync();
        await Proxy.DisposeAsync();
        await _postgres.DisposeAsync();
        await (Disk?.DisposeAsync() ?? ValueTask.CompletedTask);
        _folder.Delete(recursive: true);
    }

    private async Task AddAsync(
        string[] options, string[] prefix, Dictionary<string, string>? environment, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                Add(await SiloProcess.StartAsync(options, prefix, cancellationToken, environment: environment));
                return;
            }
            catch (ClusterUnavailableException ended) when (
                ended.Message.Contains("I have been told I am dead", StringComparison.Ordinal) && _startedAgain < MostStartedAgain)
            {
                // On a busy machine the others may take it for dead while it joins. Whoever supervises silos starts it again.
                _startedAgain++;
            }
        }
    }

    private async Task FillAsync(int silos, string? olderProgram, CancellationToken cancellationToken)
    {
        await (olderProgram is null
            ? SchemaMigrator.MigrateAsync(ConnectionString, NullLogger.Instance, cancellationToken)
            : OlderRevision.MigrateAsync(olderProgram, ConnectionString, cancellationToken));
        for (var i = 0; i < silos; i++)
        {
            await (olderProgram is null ? AddSiloAsync(cancellationToken) : AddOlderSiloAsync(olderProgram, cancellationToken));
        }
    }

    // Each revision has this option.
    private async Task AddOlderSiloAsync(string program, CancellationToken cancellationToken) => Add(
        await SiloProcess.StartAsync(
            ["dotnet", program, "serve", "--cluster", Proxy.ConnectionString], new Dictionary<string, string>(), cancellationToken));

    private void Add(SiloProcess silo) => _silos = [.. _silos, silo];

    private static Task<EmbeddedPostgres> StartPostgresAsync(
        DirectoryInfo folder, LimitedDisk? disk, CancellationToken cancellationToken) =>
        EmbeddedPostgres.StartAsync(
            new EmbeddedPostgresOptions { Folder = Path.Combine(disk?.Path ?? folder.FullName, "postgres") },
                NullLogger.Instance, TimeProvider.System, cancellationToken);
}
