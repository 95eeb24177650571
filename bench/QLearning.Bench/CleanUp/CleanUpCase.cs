using System.CommandLine;
using Npgsql;
using QLearning.Abstractions;
using QLearning.Bench.Load;
using QLearning.Bench.Report;
using QLearning.Client;
using QLearning.Silo;

namespace QLearning.Bench.CleanUp;

/// <summary>What clean-up of many expired rows costs agents that read and learn meanwhile, on a cluster of its own.</summary>
internal sealed class CleanUpCase : IBenchCase
{
    private const int RowsPerTrajectory = 10;
    private const int WarmUpSeconds = 3;

    private readonly Option<int> _rows = BoundedOption.Create(
        "--rows", "How many expired rows there are", 1_000_000, RowsPerTrajectory, 100_000_000);
    private readonly Option<int> _seconds = BoundedOption.Create("--seconds", "How long is measured before the clean-up", 10, 1, 3600);

    public string Name => "cleanup";

    public string Description => "What a clean-up of 1,000,000 expired rows costs 18 agents that read and learn meanwhile.";

    public IReadOnlyList<Option> Options => [_rows, _seconds];

    public async Task<BenchReport> RunAsync(ParseResult given, Action<string> progress, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("qlearning-bench-");
        try
        {
            progress("Starting a cluster of its own: PostgreSQL and one silo.");
            var settings = new SiloSettings { DataFolder = folder.FullName };
            await using var silo = await QLearningSilo.StartAsync(settings, cancellationToken: cancellationToken);
            await using var client = await QLearningClient.ConnectAsync(silo.ConnectionString, cancellationToken: cancellationToken);
            await using var database = NpgsqlDataSource.Create(silo.ConnectionString);
            var rows = given.GetValue(_rows) / RowsPerTrajectory * RowsPerTrajectory;
            await ExpiredFill.FillAsync(database, rows, progress, cancellationToken);
            var agents = (await client.GetAgentTypesAsync(cancellationToken)).Select(type => type.AgentType).ToList();
            // Calls that wait for an activation would fall behind their pace, and the phase "before" would measure how they catch up.
            await Task.WhenAll(agents.Select(agent => client.AgentType(agent).GetStatisticsAsync(cancellationToken)));
            var phases = new Phases(TimeProvider.System);
            var load = new AgentLoad(client, TimeProvider.System, phases);
            var run = await UnderLoadAsync(
                token => load.RunAsync(agents, token),
                token => MeasureAsync(client, phases, TimeSpan.FromSeconds(given.GetValue(_seconds)), progress, token),
                cancellationToken);
            return new BenchReport(
                $"Clean-up of expired rows while {agents.Count} agents work",
                await Machine.AskAsync(database, cancellationToken),
                load.Sum(),
                Facts(run),
                run.Error ?? Unanswered(load.Unanswered) ?? Left(await ExpiredFill.CountAsync(database, cancellationToken)));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<JobRun> MeasureAsync(
        QLearningClient client, Phases phases, TimeSpan before, Action<string> progress, CancellationToken cancellationToken)
    {
        await Task.Delay(TimeSpan.FromSeconds(WarmUpSeconds), TimeProvider.System, cancellationToken);
        progress($"Measuring for {before.TotalSeconds:0} s before the clean-up.");
        await phases.RunAsync("before", async () =>
        {
            await Task.Delay(before, TimeProvider.System, cancellationToken);
            return true;
        });
        progress("Cleaning up.");
        var status = await phases.RunAsync("during", () => client.Maintenance.RunAsync(MaintenanceJob.CleanUp, cancellationToken));
        return status.CleanUp!;
    }

    /// <summary>Does the work while the load runs; a load that fails ends it at once.</summary>
    private static async Task<T> UnderLoadAsync<T>(
        Func<CancellationToken, Task> load, Func<CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var loading = load(stopping.Token);
        var working = work(stopping.Token);
        try
        {
            await await Task.WhenAny(working, loading);
            return await working;
        }
        finally
        {
            await stopping.CancelAsync();
            await loading;
        }
    }

    private static Dictionary<string, double> Facts(JobRun run)
    {
        var facts = run.Deleted.ToDictionary(table => $"deleted from {table.Table}", table => (double)table.Rows);
        facts["clean-up, seconds"] = Math.Round(run.Duration.TotalSeconds, 2);
        facts["deleted rows a second"] = Math.Round(run.Deleted.Sum(table => table.Rows) / run.Duration.TotalSeconds);
        return facts;
    }

    private static string? Unanswered(int calls) => calls == 0 ? null : $"{calls} calls got no answer.";

    private static string? Left(long rows) => rows == 0 ? null : $"{rows} expired rows are left.";
}
