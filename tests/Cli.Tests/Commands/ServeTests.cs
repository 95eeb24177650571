using System.Diagnostics;
using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using QLearning.Abstractions;
using QLearning.Client;
using QLearning.Postgres;
using QLearning.Testing;

namespace QLearning.Cli.Tests.Commands;

/// <summary>Silos as processes of their own: joining, ending, being killed.</summary>
public sealed class ServeTests : IAsyncLifetime, IDisposable
{
    private const string AgentType = "test-generator";

    // Processes start and stop slowly where many tests run at once.
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(2);

    // Where many tests run at once a silo may get no processor for seconds: the other one must not declare it dead.
    private static readonly Dictionary<string, string> _patient = new() { ["QLearning__Silo__MissedProbes"] = "15" };

    private readonly TemporaryFolder _folder = new();

    private string ConnectionString => EmbeddedPostgres.FindRunning(_folder.Path)!.ConnectionString;

    public Task InitializeAsync() => Task.CompletedTask;

    // The server outlives a killed silo: one that joins and leaves again takes it along.
    public async Task DisposeAsync()
    {
        if (EmbeddedPostgres.FindRunning(_folder.Path) is not null)
        {
            var options = new EmbeddedPostgresOptions { Folder = _folder.Path };
            await using var last = await EmbeddedPostgres.StartAsync(
                options, NullLogger.Instance, TimeProvider.System, CancellationToken.None);
        }
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_second_silo_on_the_same_data_joins_and_the_last_one_out_stops_the_database()
    {
        await using var first = await ServeAsync();
        await using var second = await ServeAsync();
        Assert.Equal(2, await ActiveSilosAsync());

        Assert.Equal(0, await TerminateAsync(first));
        await LearnAsync(WriteMode.Durable);
        Assert.Equal(0, await TerminateAsync(second));

        Assert.Null(EmbeddedPostgres.FindRunning(_folder.Path));
    }

    [Fact]
    public async Task After_SIGTERM_everything_acknowledged_is_there_again()
    {
        await using (var first = await ServeAsync())
        {
            await LearnAsync(WriteMode.WriteBehind);
            Assert.Equal(0, await TerminateAsync(first));
        }

        await using var second = await ServeAsync();
        Assert.Equal(1, await VisitsAsync());
        Assert.Equal(0, await TerminateAsync(second));
    }

    [Fact]
    public async Task A_closed_terminal_is_a_stop_that_flushes_and_takes_PostgreSQL_along()
    {
        await using (var closed = await ServeAsync())
        {
            await LearnAsync(WriteMode.WriteBehind);
            // The system and the shell each send one.
            await closed.SignalAsync("HUP");
            await closed.SignalAsync("HUP");
            using var deadline = new CancellationTokenSource(_patience);
            await closed.WaitForExitAsync(deadline.Token);
        }

        Assert.Null(EmbeddedPostgres.FindRunning(_folder.Path));
        await using var next = await ServeAsync();
        Assert.Equal(1, await VisitsAsync());
        Assert.Equal(0, await TerminateAsync(next));
    }

    [Fact]
    public async Task A_stop_ends_also_when_the_terminal_that_it_writes_to_is_gone()
    {
        // 'script' gives the silo a terminal, which goes with it.
        var serve = $"exec dotnet '{Path.Combine(AppContext.BaseDirectory, "qlearn.dll")}' serve --http-port 0 --data '{_folder.Path}'";
        using var terminal = new ChildProcess(new ProcessStartInfo("script", ["-qc", serve, "/dev/null"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        });
        var written = new List<string>();
        while (await terminal.StandardOutput.ReadLineAsync() is { } line)
        {
            written.Add(line);
            if (line.StartsWith("Silo is active", StringComparison.Ordinal))
            {
                break;
            }
        }

        Assert.Contains(written, line => line.StartsWith("Silo is active", StringComparison.Ordinal));
        await LearnAsync(WriteMode.WriteBehind);
        terminal.Kill();
        await terminal.WaitForExitAsync();

        await Eventually.Holds(
            () => EmbeddedPostgres.FindRunning(_folder.Path) is null, "the silo to stop and to take PostgreSQL along", _patience);
        await using var next = await ServeAsync();
        Assert.Equal(1, await VisitsAsync());
        Assert.Equal(0, await TerminateAsync(next));
    }

    [Fact]
    public async Task A_silo_that_was_killed_is_one_warning_of_the_others()
    {
        await using var stays = await ServeAsync();
        await using var killed = await ServeAsync();
        await killed.KillAsync();

        await Eventually.Holds(
            () => stays.Said.Contains($" warn: SiloLost: The silo S127.0.0.1:{killed.Port}", StringComparison.Ordinal),
            "the other silo to warn of it",
            _patience);
        Assert.Equal(0, await TerminateAsync(stays));
        var lines = stays.Said.Split('\n');
        Assert.Single(lines, line => line.Contains("SiloLost", StringComparison.Ordinal));
        // Other warnings may be of a machine that is too busy.
        Assert.DoesNotContain(lines, line => IsOfALostSilo(line) || line.Contains("   at ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task After_kill_9_the_next_start_does_not_wait_for_the_dead_silo_and_serves_what_was_flushed_without_a_hand()
    {
        int dead;
        await using (var killed = await ServeAsync())
        {
            await IsReadyAsync(killed);
            dead = killed.Port;
            await LearnAsync(WriteMode.Durable);
            await killed.KillAsync();
        }

        await using var next = await ServeAsync();
        await IsReadyAsync(next);
        Assert.Equal(1, await ActiveSilosAsync());
        Assert.Equal(1, await VisitsAsync());
        Assert.Equal(0, await TerminateAsync(next));
        // The silo that is gone is declared dead before this one joins, which would else wait for it, and is not complained of.
        var lines = next.Said.Split('\n');
        Assert.Equal(
            "DeclaredDead", SourceOf(Assert.Single(lines, line => line.Contains($"127.0.0.1:{dead}", StringComparison.Ordinal))));
        string[] complaints = [" warn: ", " fail: ", " crit: ", "Exception", "   at "];
        Assert.DoesNotContain(
            lines, line => !IsOfABusyMachine(line) && complaints.Any(text => line.Contains(text, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Probes_are_answered_on_the_printed_address()
    {
        await using var silo = await ServeAsync("--http-port", "0");
        await Eventually.Holds(() => silo.Said.Contains("Health: ", StringComparison.Ordinal), "the address of the probes");
        await IsReadyAsync(silo);
        var said = silo.Said.Split('\n').Single(line => line.StartsWith("Health: ", StringComparison.Ordinal)).Split(' ');
        using var http = new HttpClient();
        foreach (var url in new[] { said[1], said[3].TrimEnd(';'), said[5] })
        {
            await Eventually.Holds(
                async () =>
                {
                    using var answer = await http.GetAsync(new Uri(url));
                    return answer.StatusCode == HttpStatusCode.OK;
                },
                $"{url} to be answered");
        }

        Assert.Equal(0, await TerminateAsync(silo));
    }

    [Fact]
    public async Task SQL_functions_answer_on_the_printed_address_while_a_silo_serves()
    {
        await using var silo = await ServeAsync();
        using var output = new CapturedOutput();

        Assert.Equal(ExitCode.Success, await output.RunAsync("db", "url", "--data", _folder.Path));

        await using var database = NpgsqlDataSource.Create(PostgresUrl.ToConnectionString(output.Result.Trim()));
        await using var upsert = database.CreateCommand($"select upsert_q_value('{AgentType}', 's', '{{}}', 'a', '\"run\"', 2.5)");
        Assert.True((long)(await upsert.ExecuteScalarAsync())! > 0);
        await using var best = database.CreateCommand(
            $"select q_value::float8 from get_best_action('{AgentType}', 's') where action_data = '\"run\"'");
        Assert.Equal(2.5, await best.ExecuteScalarAsync());
    }

    // Of an event, which is written as "time level: source: message".
    private static string? SourceOf(string line) => line.Split(": ", 3) is [_, var source, _] ? source : null;

    private static bool IsOfALostSilo(string line) =>
        !IsOfALateTimer(line) && SourceOf(line) is { } source
        && (source is "SiloHealthMonitor" or "CallbackData" or "GrainCallCancellationManager" or "ClusterManifestProvider"
                or "GrainDirectoryHandoffManager" or "ClientDirectory"
            || source.Contains("Connection", StringComparison.Ordinal));

    private static bool IsOfABusyMachine(string line) =>
        SourceOf(line) is "LocalSiloHealthMonitor" or "WorkItemGroup" or "WatchLost" || IsOfALateTimer(line);

    // Its source is the name of the timer, which may be that of a class.
    private static bool IsOfALateTimer(string line) => line.Contains(": Timer should have fired at ", StringComparison.Ordinal);

    private async Task<SiloProcess> ServeAsync(params string[] options)
    {
        using var deadline = new CancellationTokenSource(_patience);
        return await SiloProcess.StartAsync(["--data", _folder.Path, .. options], [], deadline.Token, environment: _patient);
    }

    private static async Task IsReadyAsync(SiloProcess silo)
    {
        using var http = new HttpClient();
        await Eventually.Holds(
            async () =>
            {
                if (silo.HttpUrl is not { } address)
                {
                    return false;
                }

                using var answer = await http.GetAsync(new Uri(address, "ready"));
                return answer.StatusCode == HttpStatusCode.OK;
            },
            "the silo to be ready",
            _patience);
    }

    private static async Task<int> TerminateAsync(SiloProcess silo)
    {
        using var deadline = new CancellationTokenSource(_patience);
        return await silo.TerminateAsync(deadline.Token);
    }

    private async Task LearnAsync(WriteMode mode)
    {
        await using var client = await QLearningClient.ConnectAsync(ConnectionString);
        await client.AgentType(AgentType).LearnAsync(
            new Transition { State = State.FromKey("s"), Action = AgentAction.Named("a"), Reward = 1, Done = true }, mode);
    }

    private async Task<int> VisitsAsync()
    {
        await using var client = await QLearningClient.ConnectAsync(ConnectionString);
        return (await client.AgentType(AgentType).GetBestActionAsync(StateKey.Parse("s")))!.VisitCount;
    }

    private async Task<long> ActiveSilosAsync()
    {
        await using var database = NpgsqlDataSource.Create(ConnectionString);
        await using var command = database.CreateCommand("select count(*) from orleans_membership where status = 3");
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
