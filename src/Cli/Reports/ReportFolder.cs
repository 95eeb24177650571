using System.Text;
using System.Text.RegularExpressions;
using QLearning.Abstractions;
using QLearning.Cli.Replay.History;

namespace QLearning.Cli.Reports;

/// <summary>Finds runs: each folder in a folder is one, with all reports below it, and each report that lies in it directly.</summary>
/// <param name="encoding">The encoding of reports that name a wrong one and have no byte order mark; null: as they say.</param>
/// <param name="skipsUnreadable">Whether reports that cannot be read are warned of and left out.</param>
/// <param name="warn">Gets warnings, a line each.</param>
internal sealed partial class ReportFolder(Encoding? encoding, bool skipsUnreadable, Action<string> warn)
{
    private const int DigitsOfNumber = 20;
    private static readonly string[] _extensions = [".xml", ".trx"];

    // A link might lead out of the folder, or in a circle.
    private static readonly EnumerationOptions _below = new()
    {
        RecurseSubdirectories = true,
        AttributesToSkip = FileAttributes.ReparsePoint,
        IgnoreInaccessible = false,
    };

    private readonly SharedTexts _names = new();

    /// <summary>The runs of a folder, in the order of their times; by name, with numbers in their order, when one has no time.</summary>
    /// <exception cref="InvalidInputException">There are none, or a report cannot be read.</exception>
    public IReadOnlyList<ReportedRun> ReadRuns(string path)
    {
        var runs = Directory.EnumerateFileSystemEntries(path)
            .OrderBy(SortName, StringComparer.Ordinal)
            .Select(entry => (Name: Path.GetFileName(entry), Reports: Read(Reports(entry))))
            .Where(run => run.Reports.Count > 0)
            .Select(run => ReportedRun.Of(run.Name, run.Reports))
            .ToList();
        if (runs.Count == 0)
        {
            throw None(path);
        }

        return runs.TrueForAll(run => run.Started is not null) ? [.. runs.OrderBy(run => run.Started)] : runs;
    }

    /// <summary>The one run of which a folder has the reports, or a file is one.</summary>
    /// <exception cref="InvalidInputException">There is no report, or one cannot be read.</exception>
    public ReportedRun ReadRun(string path)
    {
        var reports = Read(File.Exists(path) ? [path] : Reports(path));
        return reports.Any(report => report.Records.Count + report.SuiteErrors.Count > 0)
            ? ReportedRun.Of(Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path))), reports)
            : throw None(path);
    }

    private static IEnumerable<string> Reports(string path) => Directory.Exists(path)
        ? Directory.EnumerateFiles(path, "*", _below).Where(IsReport).OrderBy(SortName, StringComparer.Ordinal)
        : IsReport(path) ? [path] : [];

    private static bool IsReport(string path) => _extensions.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase);

    private static string SortName(string path) =>
        Number().Replace(path, static number => number.Value.PadLeft(DigitsOfNumber, '0'));

    private static InvalidInputException None(string path) => InvalidInputException.For(
        "reports", path, Path.Exists(path) ? "there is no test report" : "there is no such file or folder",
        $"a folder with .xml or .trx files: {TestReport.Allowed}");

    private List<TestReport> Read(IEnumerable<string> files)
    {
        var reports = new List<TestReport>();
        foreach (var file in files)
        {
            if (Read(file) is { } report)
            {
                reports.Add(report);
            }
        }

        return reports;
    }

    private TestReport? Read(string file)
    {
        try
        {
            var report = TestReport.Read(file, encoding);
            if (report is null)
            {
                warn($"'{file}' is XML of another kind and is passed over. Read are {TestReport.Allowed}.");
            }

            foreach (var line in report?.SuiteErrors ?? [])
            {
                warn(FormattableString.Invariant($"'{file}', line {line}: a suite ended with an error of its own, outside of any test."));
            }

            return report is null
                ? null
                : report with { Records = [.. report.Records.Select(test => test with { Name = _names.Once(test.Name) })] };
        }
        catch (InvalidInputException error) when (skipsUnreadable)
        {
            warn($"left out: {error.Message}");
            return null;
        }
    }

    [GeneratedRegex("[0-9]+")]
    private static partial Regex Number();
}
