using System.CommandLine;
using System.Globalization;
using Npgsql;
using QLearning.Bench.Report;
using QLearning.Client;
using QLearning.Silo;
using QLearning.Storage.Sizing;

namespace QLearning.Bench.Sizing;

/// <summary>
/// How many bytes a row of each table takes when a fleet has learned through the cluster: what <c>qlearn db size</c> reckons with.
/// </summary>
internal sealed class RowSizeCase : IBenchCase
{
    // A forecast that is wrong by more misleads; tables that are a smaller share of it do not matter.
    private const double Tolerance = 0.25;
    private const double Share = 0.02;

    private readonly Option<int> _tasks = BoundedOption.Create("--tasks", "How many tasks the fleet does", 5_400, 100, 1_000_000);

    public string Name => "row-size";

    public string Description => "Bytes of a row of each table with its indexes, which 'qlearn db size' reckons with.";

    public IReadOnlyList<Option> Options => [_tasks];

    public async Task<BenchReport> RunAsync(ParseResult given, Action<string> progress, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("qlearning-bench-");
        try
        {
            progress("Starting a cluster of its own: PostgreSQL and one silo.");
            var settings = new SiloSettings { DataFolder = folder.FullName, Fsync = false };
            await using var silo = await QLearningSilo.StartAsync(settings, cancellationToken: cancellationToken);
            await using var client = await QLearningClient.ConnectAsync(silo.ConnectionString, cancellationToken: cancellationToken);
            await using var database = NpgsqlDataSource.Create(silo.ConnectionString);
            var empty = await TableSizes.ReadAsync(database, cancellationToken);
            await new FleetFill(client, TimeProvider.System).RunAsync(given.GetValue(_tasks), progress, cancellationToken);
            var facts = await MeasureAsync(database, empty, cancellationToken);
            return new BenchReport(
                $"Bytes of a row with its indexes, after {given.GetValue(_tasks):N0} tasks",
                await Machine.AskAsync(database, cancellationToken),
                [],
                facts,
                Problem(facts));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    // What an empty table and its indexes have is not a row's.
    private static async Task<Dictionary<string, double>> MeasureAsync(
        NpgsqlDataSource database, Dictionary<string, TableSize> empty, CancellationToken cancellationToken) =>
        (await TableSizes.ReadAsync(database, cancellationToken)).ToDictionary(
            table => table.Key, table => Math.Round((table.Value.Bytes - empty[table.Key].Bytes) / Math.Max(1.0, table.Value.Rows)));

    private static string? Problem(Dictionary<string, double> measured)
    {
        var forecast = StorageForecast.Of(agentTypes: 18, tasksPerDay: 100, StorageForecast.Life);
        var large = forecast.Tables.Where(table => table.Bytes > Share * forecast.Bytes).Select(table => table.Table).ToHashSet();
        var wrong = measured.Where(table => large.Contains(table.Key))
            .Where(table => Math.Abs(table.Value - RowSizes.Of[table.Key]) > RowSizes.Of[table.Key] * Tolerance)
            .Select(table => string.Create(
                CultureInfo.InvariantCulture, $"{table.Key} {table.Value:N0} bytes, said to have {RowSizes.Of[table.Key]:N0}")).ToList();
        return wrong.Count == 0 ? null : $"RowSizes is not right any more: {string.Join("; ", wrong)}.";
    }
}
