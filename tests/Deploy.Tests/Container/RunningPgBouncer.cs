using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Npgsql;
using QLearning.Testing;

namespace QLearning.Deploy.Tests.Container;

/// <summary>PgBouncer, started by the script of its image, before a database of the tests.</summary>
internal sealed class RunningPgBouncer : IDisposable
{
    private readonly Process _process;
    private readonly TemporaryFolder _folder;

    private RunningPgBouncer(Process process, TemporaryFolder folder, string connectionString) =>
        (_process, _folder, ConnectionString) = (process, folder, connectionString);

    /// <summary>The connection string of the database behind it, as a SQL program has it.</summary>
    public string ConnectionString { get; }

    /// <summary>
    /// A port that nobody listens on; not one of those that the system or a silo gives to others before it is used.
    /// </summary>
    public static int FreePort()
    {
        while (true)
        {
            var port = RandomNumberGenerator.GetInt32(2_000, 10_000);
            try
            {
                using var listener = new TcpListener(IPAddress.Any, port);
                listener.Start();
                return port;
            }
            catch (SocketException error) when (error.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                // The next one.
            }
        }
    }

    public static async Task<RunningPgBouncer> StartAsync(string connectionString)
    {
        var program = Programs.Find("pgbouncer", "pgbouncer");
        var database = new NpgsqlConnectionStringBuilder(connectionString);
        var folder = new TemporaryFolder();
        var port = FreePort();
        var environment = new Dictionary<string, string>
        {
            ["PATH"] = $"{Environment.GetEnvironmentVariable("PATH")}:{Path.GetDirectoryName(program)}",
            ["PGHOST"] = database.Host!,
            ["PGPORT"] = database.Port.ToString(CultureInfo.InvariantCulture),
            ["PGUSER"] = database.Username!,
            ["PGPASSWORD"] = database.Password!,
            ["PGBOUNCER_PORT"] = port.ToString(CultureInfo.InvariantCulture),
            ["PGBOUNCER_ADDRESS"] = "127.0.0.1",
            ["PGBOUNCER_FOLDER"] = folder.Path,
        };
        var script = Repository.At("deploy/docker/pgbouncer.sh");
        var start = new ProcessStartInfo("bash", [script]) { RedirectStandardError = true };
        environment.ToList().ForEach(variable => start.Environment[variable.Key] = variable.Value);
        var process = new ChildProcess(start);
        var said = process.StandardError.ReadToEndAsync();
        await Eventually.Holds(
            async () => process.HasExited
                ? throw new InvalidOperationException($"PgBouncer ended: {await said}")
                : (await ScriptRun.RunAsync(["bash", script, "healthy"], environment)).ExitCode == 0,
            "PgBouncer to take connections");
        database.Host = "127.0.0.1";
        database.Port = port;
        database.NoResetOnClose = true;
        return new RunningPgBouncer(process, folder, database.ConnectionString);
    }

    public void Dispose()
    {
        _process.Dispose();
        _folder.Dispose();
    }
}
