using System.Text.RegularExpressions;
using QLearning.Deploy.Tests.Container;

namespace QLearning.Deploy.Tests.Monitoring;

/// <summary>The alerts, checked and unit-tested by Prometheus' own tool.</summary>
public sealed class RuleTests
{
    private const string Rules = "deploy/monitoring/rules/qlearning.yml";
    private const string UnitTests = "deploy/monitoring/tests/qlearning_test.yml";

    [Theory]
    [InlineData("check", "rules", "--lint-fatal", Rules)]
    [InlineData("check", "config", "deploy/monitoring/prometheus.yml")]
    [InlineData("test", "rules", UnitTests)]
    public async Task Promtool_accepts(params string[] arguments)
    {
        var promtool = Programs.Find("promtool", "prometheus");
        string[] typed = [.. arguments.Select(argument => argument.Contains('/') ? Repository.At(argument) : argument)];
        (await ScriptRun.RunAsync([promtool, .. typed], new Dictionary<string, string>())).Succeeded();
    }

    [Fact]
    public void Each_alert_has_a_unit_test_in_which_it_fires_and_a_place_in_the_guide()
    {
        var tests = Repository.Read(UnitTests);
        var guide = Repository.Read("docs/monitoring.md");
        var alerts = Queries.Rules().Select(rule => rule.Where).ToList();
        Assert.All(alerts, alert => Assert.Matches(
            $@"alertname: {alert}\n +exp_alerts:\n|alertname=""{alert}""", tests));
        Assert.Equal(
            alerts.Order(StringComparer.Ordinal),
            Regex.Matches(guide, @"^\| `(QLearning\w+)` \|", RegexOptions.Multiline).Select(row => row.Groups[1].Value)
                .Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_silos_that_are_scraped_are_those_that_Compose_starts()
    {
        var targets = Yaml.ReadAll("deploy/monitoring/prometheus.yml").Single().Texts("scrape_configs", 0, "static_configs", 0, "targets");
        Assert.Equal(["silo-1:8080", "silo-2:8080"], targets);
        Assert.All(targets, target => Assert.Contains(target.Split(':')[0], Compose.ComposeFile.Default.Services.Keys));
    }
}
