using System.CommandLine;
using System.Globalization;
using Microsoft.Extensions.Logging;
using Npgsql;
using QLearning.Bench.BadInput;
using QLearning.Silo;

namespace QLearning.Bench.HttpFuzz;

/// <summary><c>qlearn bench http-fuzz</c>: a live silo and requests made up from its OpenAPI document.</summary>
internal static class HttpFuzzCommand
{
    private const int MostFindings = 20;

    public static Command Create(TextWriter output)
    {
        var requests = BoundedOption.Create("--requests", "How many requests are sent", 100_000, 1, 100_000_000);
        var seed = BoundedOption.Create("--seed", "The same number gives the same requests", 1, 0, int.MaxValue);
        var command = new Command(
            "http-fuzz",
            "Valid, nearly valid and hostile requests made from the OpenAPI document: no 5xx but 503, nothing in the log, and no change "
            + "by refused ones.")
        {
            requests, seed,
        };
        command.SetAction((given, cancellationToken) =>
            RunAsync(given.GetValue(requests), given.GetValue(seed), output, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(int requests, int seed, TextWriter output, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("qlearning-http-fuzz-");
        using var log = new ErrorLog();
        try
        {
            var settings = new SiloSettings { DataFolder = folder.FullName, Fsync = false, HttpPort = 0 };
            await using var silo = await QLearningSilo.StartAsync(
                settings, logging => logging.AddProvider(log), cancellationToken: cancellationToken);
            await using var database = NpgsqlDataSource.Create(silo.ConnectionString);
            var report = await new FuzzRun(silo.HttpUrl!, database, seed).RunAsync(requests, cancellationToken);
            Print(report, log, output);
            return report.Findings.Count == 0 && log.Lines.Count == 0 ? BenchExitCode.Success : BenchExitCode.Failure;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static void Print(FuzzReport report, ErrorLog log, TextWriter output)
    {
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{report.Requests:N0} requests (seed {report.Seed}), {report.Compared:N0} refused ones between two looks at the database."));
        foreach (var (status, count) in report.Answers)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {status}: {count:N0}"));
        }

        foreach (var finding in report.Findings.Concat(log.Lines).Take(MostFindings))
        {
            output.WriteLine(finding);
        }

        output.WriteLine($"Findings: {report.Findings.Count}, errors in the log: {log.Lines.Count}.");
    }
}
