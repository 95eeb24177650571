using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace QLearning.Cli.Reports;

/// <summary>What a finished run is known by, so that it is learned once: what its reports say, not where they lie.</summary>
internal static class ReportIdentity
{
    /// <summary>A hash of the run's time, tests, outcomes and durations.</summary>
    public static byte[] Of(ReportedRun run)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Add(hash, run.Started?.ToUniversalTime().ToString("O", CultureInfo.InvariantCulture));
        foreach (var test in run.Tests.OrderBy(test => test.Name, StringComparer.Ordinal))
        {
            Add(hash, test.Name);
            Add(hash, test.Outcome.ToString());
            Add(hash, test.Duration?.Ticks.ToString(CultureInfo.InvariantCulture));
        }

        return hash.GetHashAndReset();
    }

    private static void Add(IncrementalHash hash, string? text)
    {
        hash.AppendData(Encoding.UTF8.GetBytes(text ?? "?"));
        hash.AppendData([0]);
    }
}
