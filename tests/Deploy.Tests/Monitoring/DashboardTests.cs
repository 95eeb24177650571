using System.Text.Json;

namespace QLearning.Deploy.Tests.Monitoring;

/// <summary>The dashboards and what is provisioned for them.</summary>
public sealed class DashboardTests
{
    private const int Columns = 24;

    public static TheoryData<string> Names() => [.. Queries.Dashboards().Select(dashboard => dashboard.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Each_panel_has_a_title_a_unit_a_legend_and_the_data_source_that_is_provisioned(string name)
    {
        var source = Yaml.ReadAll("deploy/monitoring/grafana/provisioning/datasources/prometheus.yml").Single()
            .Text("datasources", 0, "uid");
        foreach (var panel in Panels(name))
        {
            Assert.NotEmpty(panel.GetProperty("title").GetString()!);
            Assert.NotEmpty(panel.GetProperty("fieldConfig").GetProperty("defaults").GetProperty("unit").GetString()!);
            Assert.Equal(source, panel.GetProperty("datasource").GetProperty("uid").GetString());
            Assert.All(panel.GetProperty("targets").EnumerateArray(), target =>
            {
                Assert.NotEmpty(target.GetProperty("legendFormat").GetString()!);
                Assert.Equal(source, target.GetProperty("datasource").GetProperty("uid").GetString());
            });
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void No_panel_covers_another_one(string name)
    {
        var taken = new HashSet<(int X, int Y)>();
        foreach (var place in Panels(name).Select(panel => panel.GetProperty("gridPos")))
        {
            var (x, y) = (place.GetProperty("x").GetInt32(), place.GetProperty("y").GetInt32());
            var (width, height) = (place.GetProperty("w").GetInt32(), place.GetProperty("h").GetInt32());
            Assert.InRange(x + width, 1, Columns);
            Assert.All(
                from column in Enumerable.Range(x, width) from row in Enumerable.Range(y, height) select (column, row),
                cell => Assert.True(taken.Add(cell), $"Two panels are at {cell}."));
        }
    }

    [Fact]
    public void Grafana_looks_where_Compose_mounts_them_and_each_has_a_name_of_its_own()
    {
        var path = Yaml.ReadAll("deploy/monitoring/grafana/provisioning/dashboards/qlearning.yml").Single()
            .Text("providers", 0, "options", "path");
        var grafana = Compose.ComposeFile.Default.Services["grafana"];
        Assert.Contains($"./deploy/monitoring/grafana/dashboards:{path}:ro", grafana.Texts("volumes"));
        Assert.Equal($"{path}/cluster.json", grafana.Text("environment", "GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"));
        var names = Queries.Dashboards().Select(dashboard => dashboard.Dashboard.GetProperty("uid").GetString()).ToList();
        Assert.Equal(3, names.Distinct().Count());
    }

    private static JsonElement.ArrayEnumerator Panels(string name) =>
        Queries.Dashboards().Single(dashboard => dashboard.Name == name).Dashboard.GetProperty("panels").EnumerateArray();
}
