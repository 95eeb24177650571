using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using QLearning.Client;
using QLearning.Client.Security;

namespace QLearning.Silo.Tests.Security;

/// <summary>Two silos with certificates of one authority, for the tests of a class, and an authority that they do not know.</summary>
public sealed class TlsCluster : IAsyncLifetime, IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private TestDatabase? _database;

    internal TestAuthority Ours { get; private set; } = null!;

    internal TestAuthority Other { get; private set; } = null!;

    internal TestAuthority Below { get; private set; } = null!;

    internal FakeLoggerProvider Logs { get; } = new();

    internal QLearningSilo First { get; private set; } = null!;

    internal QLearningSilo Second { get; private set; } = null!;

    internal TestDatabase Database => _database!;

    public async Task InitializeAsync()
    {
        (Ours, Other) = (new TestAuthority("ours", _folder), new TestAuthority("other", _folder));
        Below = new TestAuthority("below", _folder, Ours);
        _database = await TestDatabase.CreateAsync();
        First = await StartAsync(Ours.ForSilo("first"), Logs);
        Second = await StartAsync(Ours.ForSilo("second"), Logs);
    }

    public async Task DisposeAsync()
    {
        await Second.DisposeAsync();
        await First.DisposeAsync();
        await _database!.DisposeAsync();
    }

    public void Dispose()
    {
        Below.Dispose();
        Ours.Dispose();
        Other.Dispose();
        Logs.Dispose();
        _folder.Dispose();
    }

    /// <summary>A file with the certificates of both authorities: whoever has it takes silos for those of the cluster.</summary>
    internal string BothAuthorities()
    {
        var file = _folder.At("both.pem");
        File.WriteAllText(file, $"{File.ReadAllText(Ours.File)}\n{File.ReadAllText(Other.File)}");
        return file;
    }

    internal Task<QLearningSilo> StartAsync(
        ClusterTlsOptions? tls, ILoggerProvider logs, bool isMember = true, CancellationToken cancellationToken = default) =>
        QLearningSilo.StartAsync(
            // One that is refused tries the longer to reach the others, the more probes it may miss.
            new SiloSettings { ConnectionString = Database.ConnectionString, MissedProbes = isMember ? Silos.ManyProbes : 3 },
            logging => logging.AddProvider(logs),
            silo =>
            {
                if (tls is not null)
                {
                    silo.Configuration["QLearning:Security:ClusterCertificateFile"] = tls.ClusterCertificateFile;
                    silo.Configuration["QLearning:Security:ClusterCertificateKeyFile"] = tls.ClusterCertificateKeyFile;
                    silo.Configuration["QLearning:Security:ClusterAuthorityFile"] = tls.ClusterAuthorityFile;
                }
            },
            cancellationToken);

    internal Task<QLearningClient> ConnectAsync(
        ClusterTlsOptions? tls, TimeSpan? limit = null, params string[] gateways) => QLearningClient.ConnectAsync(
        Database.ConnectionString,
        options =>
        {
            foreach (var gateway in gateways)
            {
                options.Gateways.Add(gateway);
            }

            options.ConnectTimeout = limit ?? options.ConnectTimeout;
            options.Security.ClusterCertificateFile = tls?.ClusterCertificateFile;
            options.Security.ClusterCertificateKeyFile = tls?.ClusterCertificateKeyFile;
            options.Security.ClusterAuthorityFile = tls?.ClusterAuthorityFile;
        });

    /// <summary>Runs a part of a test; when it fails, that says what the silos logged meanwhile.</summary>
    internal async Task WithLogsAsync(Func<Task> part)
    {
        var before = Logs.Collector.Count;
        try
        {
            await part();
        }
        catch (Exception error)
        {
            var said = Logs.Collector.GetSnapshot().Skip(before)
                .Select(entry => $"{entry.Timestamp:HH:mm:ss.fff} {entry.Level} {entry.Message}");
            throw new InvalidOperationException(string.Join('\n', [error.Message, .. said]), error);
        }
    }

    /// <summary>The warnings of refused connections.</summary>
    internal static string[] Refusals(FakeLoggerProvider logs) =>
        [.. logs.Collector.GetSnapshot().Where(entry => entry.Id == 3004).Select(entry => entry.Message)];
}
