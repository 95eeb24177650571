using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using QLearning.Postgres;

namespace QLearning.Silo.Tests.Embedded;

/// <summary>The embedded PostgreSQL dies under a silo, which starts it again and loses nothing.</summary>
public sealed class EmbeddedServerWatchTests : IDisposable
{
    private const int Died = 4003;
    private const int Restarted = 4004;
    private const int NotRestarted = 4005;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_killed_PostgreSQL_is_started_again_and_what_was_learned_before_and_meanwhile_is_stored()
    {
        await using var silo = await StartAsync();
        await silo.LearnAsync("test-generator", "s", WriteMode.Durable);
        var killed = EmbeddedPostgres.FindRunning(_folder.Path)!;

        Kill(killed.ProcessId);
        await silo.LearnAsync("test-generator", "s");

        await Eventually.Holds(
            () => EmbeddedPostgres.FindRunning(_folder.Path) is { } next && next.ProcessId != killed.ProcessId, "PostgreSQL to run again");
        await Eventually.Holds(async () => await StoredVisitsAsync(silo) == 2, "both updates to be stored");
        using var probe = new Probe(silo);
        await Eventually.Holds(probe.IsReadyAsync, "the silo to be ready");
    }

    [Fact]
    public async Task While_PostgreSQL_cannot_be_started_again_a_silo_is_not_ready_says_why_and_tries_less_and_less_often()
    {
        using var logs = new FakeLoggerProvider();
        await using var silo = await StartAsync(logging => logging.AddProvider(logs));
        await silo.LearnAsync("test-generator", "s", WriteMode.Durable);
        using var probe = new Probe(silo);
        var settings = _folder.At("postgres/postgresql.conf");
        var right = await File.ReadAllTextAsync(settings);
        await File.WriteAllTextAsync(settings, right + "\nno_such_setting = 1\n");

        Kill(EmbeddedPostgres.FindRunning(_folder.Path)!.ProcessId);

        await Eventually.Holds(
            async () => (await probe.ComplaintsAsync()).GetValueOrDefault("database") is { } text
                && text.StartsWith("PostgreSQL is down and is started again: ", StringComparison.Ordinal)
                && text.Contains("FATAL", StringComparison.Ordinal) && !text.Contains('\n', StringComparison.Ordinal),
            "the silo to say why",
            TimeSpan.FromMinutes(2));
        Assert.True(await probe.IsLiveAsync());
        await Eventually.Holds(() => Of(logs, NotRestarted).Length >= 3, "three tries", TimeSpan.FromMinutes(2));
        // Whole at once: a start must not read half of it.
        await File.WriteAllTextAsync(settings + ".right", right);
        File.Move(settings + ".right", settings, overwrite: true);
        await Eventually.Holds(probe.IsReadyAsync, "the silo to be ready again", TimeSpan.FromMinutes(2));
        await silo.LearnAsync("test-generator", "s", WriteMode.Durable);
        Assert.Equal(2, await StoredVisitsAsync(silo));

        Assert.StartsWith("PostgreSQL died and is started again: its process ", Assert.Single(Of(logs, Died)), StringComparison.Ordinal);
        var tries = Of(logs, NotRestarted);
        Assert.All(Pauses(tries.Length).Zip(tries), attempt => Assert.StartsWith(
            $"PostgreSQL could not be started again; the next try is in {attempt.First}: ", attempt.Second, StringComparison.Ordinal));
        Assert.All(tries, said => Assert.Contains("no_such_setting", said, StringComparison.Ordinal));
        Assert.All([.. Of(logs, Died), .. tries], said => Assert.DoesNotContain('\n', said));
        Assert.Single(Of(logs, Restarted));
    }

    private static string[] Of(FakeLoggerProvider logs, int id) =>
        [.. logs.Collector.GetSnapshot().Where(entry => entry.Id.Id == id).Select(entry => entry.Message)];

    private static IEnumerable<TimeSpan> Pauses(int count) =>
        Enumerable.Range(1, count).Select(i => TimeSpan.FromSeconds(Math.Min(Math.Pow(2, i), 30)));

    private static void Kill(int processId)
    {
        using var process = Process.GetProcessById(processId);
        process.Kill();
    }

    private static async Task<long> StoredVisitsAsync(QLearningSilo silo)
    {
        try
        {
            await using var database = Npgsql.NpgsqlDataSource.Create(silo.ConnectionString + ";Pooling=false");
            await using var command = database.CreateCommand("select coalesce(sum(visit_count), 0)::bigint from q_values");
            return (long)(await command.ExecuteScalarAsync())!;
        }
        catch (Npgsql.NpgsqlException)
        {
            // It is still recovering.
            return -1;
        }
    }

    // With fsync, since a server without it loses what it acknowledged when it is killed.
    private Task<QLearningSilo> StartAsync(Action<ILoggingBuilder>? logging = null) =>
        QLearningSilo.StartAsync(new SiloSettings { DataFolder = _folder.Path, HttpPort = 0 }, logging);
}
