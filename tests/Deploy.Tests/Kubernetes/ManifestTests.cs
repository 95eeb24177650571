using System.Globalization;
using QLearning.Deploy.Tests.Compose;
using QLearning.Silo;
using QLearning.Silo.Shutdown;

namespace QLearning.Deploy.Tests.Kubernetes;

/// <summary>What the manifests say, since no cluster of Kubernetes runs here.</summary>
public sealed class ManifestTests
{
    private static readonly object? _deployment = Manifests().Single(manifest => manifest.Text("kind") == "Deployment");
    private static readonly object? _pod = _deployment.At("spec", "template");
    private static readonly object? _silo = _pod.At("spec", "containers", 0);

    [Fact]
    public void A_stop_has_the_time_that_it_may_take()
    {
        var sleep = int.Parse(_silo.Texts("lifecycle", "preStop", "exec", "command")[1], CultureInfo.InvariantCulture);
        var needed = TimeSpan.FromSeconds(sleep) + new SiloSettings().ShutdownTimeout + ShutdownTimes.Limit;
        Assert.InRange(Number(_pod.Text("spec", "terminationGracePeriodSeconds")), needed.TotalSeconds + 1, 120);
    }

    [Fact]
    public void A_rolling_update_takes_no_silo_before_another_is_there()
    {
        Assert.Equal("0", _deployment.Text("spec", "strategy", "rollingUpdate", "maxUnavailable"));
        Assert.Equal("1", _deployment.Text("spec", "strategy", "rollingUpdate", "maxSurge"));
        Assert.InRange(Number(_deployment.Text("spec", "replicas")), 2, 100);
        var budget = Manifests().Single(manifest => manifest.Text("kind") == "PodDisruptionBudget");
        Assert.Equal("1", budget.Text("spec", "maxUnavailable"));
    }

    [Fact]
    public void Everything_selects_the_pods_of_the_deployment()
    {
        var label = _pod.Text("metadata", "labels", "app");
        Assert.NotNull(label);
        Assert.Equal(label, _deployment.Text("spec", "selector", "matchLabels", "app"));
        Assert.Equal(label, _pod.Text("spec", "topologySpreadConstraints", 0, "labelSelector", "matchLabels", "app"));
        foreach (var manifest in Manifests().Where(manifest => manifest.Text("kind") is "Service" or "PodDisruptionBudget"))
        {
            Assert.Equal(label, manifest.Text("spec", "selector", "app") ?? manifest.Text("spec", "selector", "matchLabels", "app"));
        }
    }

    [Fact]
    public void Liveness_and_readiness_do_not_look_at_the_database_and_probes_wait_longer_than_its_check()
    {
        Assert.Equal("/live", _silo.Text("livenessProbe", "httpGet", "path"));
        Assert.Equal("/serving", _silo.Text("readinessProbe", "httpGet", "path"));
        Assert.Equal("/ready", _silo.Text("startupProbe", "httpGet", "path"));
        var check = new Silo.Health.HealthOptions().DatabaseTimeout.TotalSeconds;
        string[] probes = ["livenessProbe", "readinessProbe", "startupProbe"];
        Assert.All(
            probes,
            probe => Assert.InRange(Number(_silo.Text(probe, "timeoutSeconds")), check + 1, 30));
    }

    [Fact]
    public void Ports_are_those_of_the_image()
    {
        var dockerfile = Repository.Read("Dockerfile");
        var ports = _silo.Items("ports").ToDictionary(port => port.Text("name")!, port => port.Text("containerPort"));
        Assert.Contains($"QLearning__Silo__HttpPort={ports["http"]}", dockerfile, StringComparison.Ordinal);
        Assert.Contains($"QLearning__Silo__SiloPort={ports["silo"]}", dockerfile, StringComparison.Ordinal);
        Assert.Contains($"QLearning__Silo__GatewayPort={ports["gateway"]}", dockerfile, StringComparison.Ordinal);
        Assert.Equal(ports["http"], _pod.Text("metadata", "annotations", "prometheus.io/port"));
    }

    [Fact]
    public void Each_container_is_confined_has_a_memory_limit_a_fixed_tag_and_variables_that_are_read()
    {
        Assert.Equal("true", _pod.Text("spec", "securityContext", "runAsNonRoot"));
        var containers = _pod.Items("spec", "containers").Concat(_pod.Items("spec", "initContainers")).ToList();
        Assert.Equal(2, containers.Count);
        Assert.All(containers, container =>
        {
            Assert.Matches(@":\d+\.\d+\.\d+$", container.Text("image"));
            Assert.Equal("true", container.Text("securityContext", "readOnlyRootFilesystem"));
            Assert.Equal("false", container.Text("securityContext", "allowPrivilegeEscalation"));
            Assert.Equal(["ALL"], container.Texts("securityContext", "capabilities", "drop"));
            Assert.NotNull(container.Text("resources", "limits", "memory"));
            Assert.Empty(container.Items("env").Select(variable => variable.Text("name")!).Except(BoundNames.OfSilo));
            Assert.All(
                container.Items("env").Where(variable => variable.Text("name") is "PGPASSWORD" or "ConnectionStrings__QLearning"),
                secret => Assert.Equal("qlearning-database", secret.Text("valueFrom", "secretKeyRef", "name")));
        });
    }

    [Fact]
    public void Each_manifest_is_applied()
    {
        var listed = Yaml.ReadAll("deploy/kubernetes/kustomization.yaml").Single().Texts("resources");
        var files = Directory.GetFiles(Repository.At("deploy/kubernetes"), "*.yaml").Select(file => Path.GetFileName(file)!);
        Assert.Equal(files.Where(file => file != "kustomization.yaml").Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
    }

    private static IEnumerable<object> Manifests() =>
        Directory.GetFiles(Repository.At("deploy/kubernetes"), "*.yaml")
            .SelectMany(file => Yaml.ReadAll(Path.GetRelativePath(Repository.Root, file)));

    private static double Number(string? text) => double.Parse(text!, CultureInfo.InvariantCulture);
}
