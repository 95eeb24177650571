using System.Text.RegularExpressions;

namespace QLearning.Deploy.Tests.Monitoring;

/// <summary>The metrics of <c>docs/metrics.md</c>, which a test of the silo holds against what <c>/metrics</c> exports.</summary>
internal static class MetricsGuide
{
    /// <summary>Their names for Prometheus, with their tags.</summary>
    public static IReadOnlyDictionary<string, string[]> Tags { get; } =
        Regex.Matches(
                Repository.Read("docs/metrics.md"),
                @"^\| `qlearning[a-z_.]+` \| `(qlearning_[a-z_]+)` \|[^|]*\|([^|]*)\|",
                RegexOptions.Multiline)
            .ToDictionary(
                row => row.Groups[1].Value,
                row => Regex.Matches(row.Groups[2].Value, "`([a-z_]+)`").Select(tag => tag.Groups[1].Value).ToArray());
}
