using System.Text.RegularExpressions;
using QLearning.Silo;
using QLearning.Testing;

namespace QLearning.Deploy.Tests.Monitoring;

/// <summary>Rules and dashboards ask for nothing that a silo does not export.</summary>
public sealed class MetricNameTests
{
    // What Prometheus adds: of which silo, a bucket's bound, and a tag of ours that has the name of one of its own labels.
    private static readonly Dictionary<string, string> _ofPrometheus = new() { ["exported_job"] = "job" };
    private static readonly string[] _always = ["instance", "job", "le"];

    [Fact]
    public void Each_metric_of_ours_in_a_query_is_in_the_guide_with_the_labels_that_the_query_names()
    {
        var problems = new List<string>();
        foreach (var (where, query) in Queries.All)
        {
            var metrics = Queries.MetricsOf(query).Where(name => name.StartsWith("qlearning_", StringComparison.Ordinal)).ToList();
            problems.AddRange(metrics.Where(name => !MetricsGuide.Tags.ContainsKey(name)).Select(name => $"{where}: {name}"));
            var tags = metrics.SelectMany(name => MetricsGuide.Tags.GetValueOrDefault(name, [])).Concat(_always).ToHashSet();
            problems.AddRange(Queries.LabelsOf(query)
                .Where(label => metrics.Count > 0 && !tags.Contains(_ofPrometheus.GetValueOrDefault(label, label)))
                .Select(label => $"{where}: label {label}"));
        }

        Assert.NotEmpty(Queries.All);
        Assert.Empty(problems);
    }

    [Fact]
    public async Task Each_other_metric_in_a_query_is_exported_by_a_silo()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var silo = await QLearningSilo.StartAsync(new SiloSettings
        {
            ConnectionString = database.ConnectionString,
            ClusterId = Guid.NewGuid().ToString("N"),
            HttpPort = 0,
        });
        using var http = new HttpClient();
        var text = await http.GetStringAsync(new Uri(silo.HttpUrl!, "/metrics"));
        var exported = Regex.Matches(text, "^# TYPE ([a-zA-Z_]+) ", RegexOptions.Multiline).Select(match => match.Groups[1].Value);
        // Prometheus makes this one itself.
        var others = Queries.All.SelectMany(query => Queries.MetricsOf(query.Query)).Distinct()
            .Where(name => name != "up" && !name.StartsWith("qlearning_", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(others);
        Assert.Empty(others.Except(exported));
    }

    [Theory]
    [InlineData("sum by (kind) (rate(qlearning_x_total{job=\"a\", kind=~\"$kind\"}[5m])) > 1e9", "qlearning_x_total", "job,kind")]
    [InlineData("histogram_quantile(0.95, sum by (le) (rate(qlearning_y_seconds_bucket[5m])))", "qlearning_y_seconds", "le")]
    [InlineData("label_values(qlearning_z_total, agent_type)", "qlearning_z_total", "")]
    [InlineData("up == 0 unless up offset 15m", "up", "")]
    public void Names_are_read_out_of_queries(string query, string metric, string labels)
    {
        Assert.Equal([metric], Queries.MetricsOf(query).Distinct());
        Assert.Equal(labels, string.Join(',', Queries.LabelsOf(query).Order(StringComparer.Ordinal)));
    }
}
