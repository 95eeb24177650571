using System.Text.RegularExpressions;
using QLearning.Silo;
using QLearning.Silo.Shutdown;

namespace QLearning.Deploy.Tests.Compose;

/// <summary>What <c>docker-compose.yml</c> says, since no container engine runs here.</summary>
public sealed class ComposeTests
{
    private const string Password = "QLEARNING_PASSWORD";

    // What the images of others read, as their documentation says.
    private static readonly Dictionary<string, string[]> _namesOfOthers = new()
    {
        ["postgres"] = ["POSTGRES_USER", "POSTGRES_DB", "POSTGRES_PASSWORD"],
        ["pgadmin"] = ["PGADMIN_DEFAULT_EMAIL", "PGADMIN_DEFAULT_PASSWORD", "PGADMIN_DISABLE_POSTFIX"],
        ["grafana"] =
        [
            "GF_SECURITY_ADMIN_PASSWORD", "GF_USERS_ALLOW_SIGN_UP", "GF_ANALYTICS_REPORTING_ENABLED", "GF_ANALYTICS_CHECK_FOR_UPDATES",
            "GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH",
        ],
        ["redis"] = ["REDISCLI_AUTH"],
    };

    private static readonly TimeSpan _longestStop = new SiloSettings().ShutdownTimeout + ShutdownTimes.Limit;

    public static TheoryData<string> Services() => [.. ComposeFile.Default.Services.Keys];

    [Theory]
    [MemberData(nameof(Services))]
    public void Each_image_has_a_fixed_tag(string service)
    {
        var image = ComposeFile.Default.Services[service].Text("image");
        Assert.Matches(@"^[a-z0-9/.-]+:v?\d+\.\d+[a-z0-9.-]*$", image);
    }

    [Theory]
    [MemberData(nameof(Services))]
    public void Each_service_has_a_memory_limit_and_a_health_check_unless_it_ends_by_itself(string service)
    {
        var given = ComposeFile.Default.Services[service];
        Assert.Matches(@"^\d+[mg]$", given.Text("mem_limit"));
        if (given.Text("healthcheck", "disable") != "true")
        {
            Assert.NotEmpty(given.Texts("healthcheck", "test"));
            Assert.Equal("unless-stopped", given.Text("restart"));
        }
        else
        {
            Assert.Contains(
                ComposeFile.Default.Services.Values,
                other => other.Text("depends_on", service, "condition") == "service_completed_successfully");
        }
    }

    [Theory]
    [MemberData(nameof(Services))]
    public void Each_service_starts_after_those_that_it_needs_are_healthy_or_done(string service)
    {
        var services = ComposeFile.Default.Services;
        foreach (var (name, condition) in services[service].Entries("depends_on"))
        {
            var isDisabled = services[name].Text("healthcheck", "disable") == "true";
            Assert.Equal(isDisabled ? "service_completed_successfully" : "service_healthy", condition.Text("condition"));
        }
    }

    [Fact]
    public void Ports_volumes_and_profiles_are_those_of_the_guide()
    {
        var rows = Regex.Matches(
            Repository.Read("docs/docker.md"), @"^\| `([a-z0-9-]+)` \|([^|]*)\|([^|]*)\|([^|]*)\|", RegexOptions.Multiline);
        var documented = rows.Select(row => string.Join(
            '|', row.Groups.Values.Skip(1).Select(cell => cell.Value.Replace("`", "", StringComparison.Ordinal).Trim())));
        var written = ComposeFile.Default.Services.Select(service => string.Join(
            '|',
            service.Key,
            service.Value.Texts("profiles").SingleOrDefault() ?? "",
            string.Join(", ", service.Value.Texts("ports")),
            string.Join(", ", Named(service.Value))));
        Assert.Equal(written.Order(StringComparer.Ordinal), documented.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Ports_are_bound_to_loopback_unless_told_otherwise()
    {
        var ports = ComposeFile.Default.Services.Values.SelectMany(service => service.Texts("ports")).ToList();
        Assert.NotEmpty(ports);
        Assert.All(ports, port => Assert.StartsWith("127.0.0.1:", port, StringComparison.Ordinal));
        var open = new ComposeFile((Password, "x"), ("QLEARNING_BIND", "192.0.2.7"));
        Assert.All(
            open.Services.Values.SelectMany(service => service.Texts("ports")),
            port => Assert.StartsWith("192.0.2.7:", port, StringComparison.Ordinal));
    }

    [Fact]
    public void Nothing_starts_without_a_password_and_there_is_no_default_one()
    {
        var refused = Assert.Throws<InvalidOperationException>(() => new ComposeFile());
        Assert.Contains(Password, refused.Message, StringComparison.Ordinal);
        var secrets = ComposeFile.Written
            .SelectMany(service => service.Value.Entries("environment"))
            .Where(variable => Regex.IsMatch(variable.Name, "PASSWORD|AUTH|SECRET")).ToList();
        Assert.Equal(8, secrets.Count);
        Assert.All(secrets, secret => Assert.Contains($"${{{Password}:?", (string)secret.Value!, StringComparison.Ordinal));
        Assert.DoesNotMatch(@"(?im)password[ \t]*=[ \t]*[^;\s]", Repository.Read(".env.example"));
    }

    [Theory]
    [MemberData(nameof(Services))]
    public void Each_variable_that_a_service_gets_is_one_that_its_program_reads(string service)
    {
        var given = ComposeFile.Default.Services[service];
        IEnumerable<string> known = given.Text("image") switch
        {
            var image when image!.StartsWith("qlearning-silo:", StringComparison.Ordinal) => BoundNames.OfSilo,
            var image when image!.StartsWith("qlearning-pgbouncer:", StringComparison.Ordinal) =>
                Regex.Matches(Repository.Read("deploy/docker/pgbouncer.sh"), @"\$\{([A-Z_]+)[:}]").Select(match => match.Groups[1].Value),
            _ => _namesOfOthers.GetValueOrDefault(service, []),
        };
        Assert.Empty(given.Entries("environment").Select(variable => variable.Name).Except(known));
    }

    [Fact]
    public void Each_file_that_is_mounted_exists_and_is_read_only_and_each_volume_is_declared()
    {
        var mounts = ComposeFile.Default.Services.Values.SelectMany(service => service.Texts("volumes")).ToList();
        var files = mounts.Where(mount => mount.StartsWith('.')).Select(mount => mount.Split(':')).ToList();
        Assert.NotEmpty(files);
        Assert.All(files, file => Assert.True(Path.Exists(Repository.At(file[0])), $"{file[0]} does not exist."));
        Assert.All(files, file => Assert.Equal("ro", file[2]));
        Assert.Equal(
            ComposeFile.Default.Volumes.Order(StringComparer.Ordinal),
            ComposeFile.Default.Services.Values.SelectMany(Named).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_example_of_settings_has_each_variable_and_no_other()
    {
        var example = Regex.Matches(Repository.Read(".env.example"), "^#?([A-Z_0-9]+)=", RegexOptions.Multiline);
        Assert.Equal(
            ComposeFile.Default.Variables.Order(StringComparer.Ordinal),
            example.Select(match => match.Groups[1].Value).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Our_own_containers_have_a_read_only_root_no_rights_and_time_to_flush()
    {
        var own = ComposeFile.Default.Services.Where(service => service.Value.At("build") is not null).ToList();
        Assert.Equal(["migrate", "pgbouncer", "silo-1", "silo-2"], own.Select(service => service.Key).Order(StringComparer.Ordinal));
        Assert.All(own, service =>
        {
            Assert.Equal("true", service.Value.Text("read_only"));
            Assert.Equal(["ALL"], service.Value.Texts("cap_drop"));
            Assert.Equal(["no-new-privileges:true"], service.Value.Texts("security_opt"));
        });
        Assert.All(
            own.Where(service => service.Key.StartsWith("silo", StringComparison.Ordinal)),
            silo => Assert.True(ComposeFile.Time(silo.Value.Text("stop_grace_period")!) > _longestStop));
    }

    private static IEnumerable<string> Named(object? service) =>
        service.Texts("volumes").Where(mount => !mount.StartsWith('.')).Select(mount => mount.Split(':')[0]);
}
