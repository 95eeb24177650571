using System.Text.Json;
using System.Text.RegularExpressions;

namespace QLearning.Deploy.Tests.Monitoring;

/// <summary>The queries of all rules and dashboards, and the names in them.</summary>
internal static partial class Queries
{
    // What PromQL itself has.
    private static readonly HashSet<string> _words =
    [
        "sum", "max", "min", "count", "topk", "rate", "increase", "histogram_quantile", "absent", "vector", "min_over_time",
        "max_over_time", "label_values", "by", "on", "and", "or", "unless", "offset", "without", "ALERTS",
    ];

    /// <summary>Where each query stands, and the query.</summary>
    public static IReadOnlyList<(string Where, string Query)> All { get; } = [.. Rules(), .. Panels(), .. Variables()];

    /// <summary>The alerts with their queries.</summary>
    public static IEnumerable<(string Where, string Query)> Rules() =>
        from @group in Yaml.ReadAll("deploy/monitoring/rules/qlearning.yml").Single().Items("groups")
        from rule in @group.Items("rules")
        select (rule.Text("alert")!, rule.Text("expr")!);

    /// <summary>The dashboards by the names of their files.</summary>
    public static IEnumerable<(string Name, JsonElement Dashboard)> Dashboards() =>
        from file in Directory.GetFiles(Repository.At("deploy/monitoring/grafana/dashboards"), "*.json").Order(StringComparer.Ordinal)
        select (Path.GetFileName(file), JsonDocument.Parse(File.ReadAllText(file)).RootElement);

    /// <summary>The metrics that a query asks for, as <c>/metrics</c> names their families.</summary>
    public static IEnumerable<string> MetricsOf(string query) => Names(query).Except(_words).Select(name => Suffix().Replace(name, ""));

    /// <summary>The labels that a query matches, groups by or joins by.</summary>
    public static IEnumerable<string> LabelsOf(string query) =>
        Matcher().Matches(query).Select(match => match.Groups[1].Value)
            .Concat(Grouping().Matches(query).SelectMany(match => match.Groups[1].Value.Split(',', StringSplitOptions.TrimEntries)))
            .Where(label => label.Length > 0).Distinct();

    private static IEnumerable<(string Where, string Query)> Panels() =>
        from dashboard in Dashboards()
        from panel in dashboard.Dashboard.GetProperty("panels").EnumerateArray()
        from target in panel.GetProperty("targets").EnumerateArray()
        select ($"{dashboard.Name}: {panel.GetProperty("title").GetString()}", target.GetProperty("expr").GetString()!);

    private static IEnumerable<(string Where, string Query)> Variables() =>
        from dashboard in Dashboards()
        from variable in dashboard.Dashboard.GetProperty("templating").GetProperty("list").EnumerateArray()
        select ($"{dashboard.Name}: ${variable.GetProperty("name").GetString()}", variable.GetProperty("definition").GetString()!);

    // Labels stand in braces, after 'by' and in the end of label_values; ranges and numbers are not names.
    private static IEnumerable<string> Names(string query)
    {
        var bare = Braces().Replace(Grouping().Replace(query, " "), " ");
        bare = LabelOfValues().Replace(bare, ")");
        return Name().Matches(Range().Replace(bare, " ")).Select(match => match.Value).Distinct();
    }

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex Braces();

    [GeneratedRegex(@"\[[^\]]*\]|offset \d+[smhd]|\b\d[\d.e]*\b")]
    private static partial Regex Range();

    [GeneratedRegex(@"\b(?:by|on|without) \(([^)]*)\)")]
    private static partial Regex Grouping();

    [GeneratedRegex(@"(?<=label_values\([a-z_]+), *[a-z_]+\)")]
    private static partial Regex LabelOfValues();

    [GeneratedRegex(@"[{,] *([a-z_]+) *(?:=~|=|!=)")]
    private static partial Regex Matcher();

    [GeneratedRegex(@"[A-Za-z_][A-Za-z_0-9]*")]
    private static partial Regex Name();

    [GeneratedRegex("_(bucket|sum|count)$")]
    private static partial Regex Suffix();
}
