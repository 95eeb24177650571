using QLearning.Silo;
using QLearning.Testing;

namespace QLearning.Cli.Tests;

/// <summary>What the environment says, and what is typed beside it.</summary>
public sealed class EnvironmentTests : IDisposable
{
    private const string Connection = "ConnectionStrings__QLearning";
    private const string Nowhere = "Host=127.0.0.1;Port=1;Database=x;Username=x";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("No PostgreSQL runs in", "db", "url")]
    [InlineData("No cluster runs in", "status")]
    [InlineData("No cluster runs in", "maintenance", "status")]
    [InlineData("it has no database", "db", "check")]
    public async Task A_folder_that_is_typed_goes_before_a_connection_string_in_the_environment(string message, params string[] command)
    {
        var run = await CliProcess.RunAsync(With(Connection, Nowhere), [.. command, "--data", _folder.At("new")]);

        Assert.Contains(message, run.Progress, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Failure, run.ExitCode);
        Assert.False(Directory.Exists(_folder.At("new")));
    }

    [Theory]
    [InlineData("serve")]
    [InlineData("replay", "@")]
    public async Task A_silo_that_a_command_starts_takes_the_folder_that_is_typed_too(params string[] command)
    {
        await File.WriteAllTextAsync(_folder.At("a-file"), "text");
        await File.WriteAllTextAsync(_folder.At("history.csv"), "Name;Duration;Verdict;Cycle\na;1;1;1\n");

        var run = await CliProcess.RunAsync(
            With(Connection, Nowhere),
            [.. command.Select(word => word == "@" ? _folder.At("history.csv") : word), "--data", _folder.At("a-file")]);

        Assert.Equal(command is ["serve"] ? ExitCode.Usage : ExitCode.Failure, run.ExitCode);
        Assert.Contains(_folder.At("a-file"), Assert.Single(run.Progress.TrimEnd('\n').Split('\n')), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_connection_string_in_the_environment_is_used_when_nothing_is_typed()
    {
        var run = await CliProcess.RunAsync(With(Connection, Nowhere), "status");

        Assert.Contains("Failed to connect to 127.0.0.1:1", run.Progress, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ExitCode.Failure, "status")]
    [InlineData(ExitCode.Usage, "serve")]
    public async Task Where_errors_come_from_is_told_beside_them_and_the_exit_code_stays(int code, string command)
    {
        await File.WriteAllTextAsync(_folder.At("a-file"), "text");

        var run = await CliProcess.RunAsync(With("QLEARNING_DEBUG", "1"), command, "--data", _folder.At("a-file"));

        Assert.Equal(code, run.ExitCode);
        Assert.StartsWith("qlearn: ", run.Progress, StringComparison.Ordinal);
        Assert.Contains(_folder.At("a-file"), run.Progress.Split('\n')[0], StringComparison.Ordinal);
        Assert.Contains("   at QLearning.", run.Progress, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("status")]
    [InlineData("gateway")]
    [InlineData("replay")]
    public async Task Help_does_not_show_the_connection_string_that_has_a_password(string command)
    {
        var run = await CliProcess.RunAsync(With(Connection, $"{Nowhere};Password=a-secret"), command, "--help");

        Assert.Equal(ExitCode.Success, run.ExitCode);
        Assert.Contains("--cluster", run.Result, StringComparison.Ordinal);
        Assert.DoesNotContain("a-secret", run.Result + run.Progress, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("QLearning__Silo__ClusterId")]
    [InlineData("QLearning__Client__ClusterId")]
    public async Task Commands_find_a_cluster_of_another_name(string variable)
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var silo = await QLearningSilo.StartAsync(new SiloSettings
        {
            ConnectionString = database.ConnectionString,
            ClusterId = "blue",
        });

        var status = await CliProcess.RunAsync(With(variable, "blue"), "status", "--cluster", database.ConnectionString);
        var agents = await CliProcess.RunAsync(
            With(variable, "blue"), "agents", "test-generator", "--json", "--cluster", database.ConnectionString);
        var tools = await CliProcess.RunAsync(With(variable, "blue"), "mcp", "--cluster", database.ConnectionString);

        Assert.Contains("1 silo active", status.Result, StringComparison.Ordinal);
        Assert.True(agents.ExitCode == ExitCode.Success, agents.Progress);
        Assert.True(tools.ExitCode == ExitCode.Success, tools.Progress);
    }

    [Theory]
    [InlineData("gateway --http-port 0", "QLearning__Http__MaxBodyByte", "'QLearning:Http:MaxBodyByte'. Did you mean MaxBodyBytes?")]
    [InlineData("gateway --http-port 0", "QLearning__Security__JwtIsuer", "'QLearning:Security:JwtIsuer'. Did you mean JwtIssuer?")]
    [InlineData("gateway --http-port 0", "QLearning__Client__RetryFro", "'QLearning:Client:RetryFro'. Did you mean RetryFor?")]
    [InlineData("mcp", "QLearning__Client__RetryFro", "'QLearning:Client:RetryFro'. Did you mean RetryFor?")]
    [InlineData("gateway --http-port 0", "QLearning__WriteBehind__Lanes", null)]
    [InlineData("mcp", "QLearning__Http__MaxBodyBytes", null)]
    public async Task A_name_that_nothing_reads_is_warned_of_and_what_is_for_other_processes_is_not(
        string command, string name, string? message)
    {
        var run = await CliProcess.RunAsync(With(name, "1"), [.. command.Split(' '), "--cluster", $"{Nowhere};Timeout=1"]);

        Assert.Equal(message is not null, run.Progress.Contains("Nothing reads the configuration", StringComparison.Ordinal));
        Assert.Contains(message ?? "127.0.0.1", run.Progress, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("QLearning__WriteBehind__FlushInterval", "abc", "'abc' at 'QLearning:WriteBehind:FlushInterval'")]
    [InlineData("QLearning__WriteBehind__FlushInterval", "00:00:00", "FlushInterval")]
    [InlineData("QLearning__WriteBehind__Lanes", "many", "'many' at 'QLearning:WriteBehind:Lanes'")]
    [InlineData("QLearning__Health__MaxBacklogShare", "2", "MaxBacklogShare")]
    [InlineData("QLearning__HotTables__MaxStates", "1e99", "'1e99' at 'QLearning:HotTables:MaxStates'")]
    [InlineData("QLearning__Silo__SiloPort", "abc", "'abc' at 'QLearning:Silo:SiloPort'")]
    [InlineData("QLearning__Silo__Fsync", "perhaps", "'perhaps' at 'QLearning:Silo:Fsync'")]
    public async Task A_setting_that_is_not_allowed_is_one_line_before_anything_is_created(string name, string value, string message)
    {
        var run = await CliProcess.RunAsync(With(name, value), "serve", "--data", _folder.At("new"));

        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Contains(message, Assert.Single(run.Progress.TrimEnd('\n').Split('\n')), StringComparison.Ordinal);
        Assert.Empty(run.Result);
        Assert.False(Directory.Exists(_folder.At("new")));
    }

    [Theory]
    [InlineData("demo")]
    [InlineData("replay", "@", "--seeds", "2")]
    public async Task A_setting_that_is_not_allowed_is_one_line_before_a_cluster_of_its_own_is_made(params string[] command)
    {
        await File.WriteAllTextAsync(_folder.At("history.csv"), "Name;Duration;Verdict;Cycle\na;1;1;1\n");
        var settings = With("QLearning__WriteBehind__FlushInterval", "abc");
        // No folder can be made there, so that trying it would be told.
        settings["TMPDIR"] = _folder.At("none");

        var run = await CliProcess.RunAsync(
            settings, [.. command.Select(word => word == "@" ? _folder.At("history.csv") : word)]);

        Assert.Equal(ExitCode.Failure, run.ExitCode);
        Assert.Contains(
            "'abc' at 'QLearning:WriteBehind:FlushInterval'", Assert.Single(run.Progress.TrimEnd('\n').Split('\n')),
            StringComparison.Ordinal);
        Assert.Empty(run.Result);
    }

    [Theory]
    [InlineData("status")]
    [InlineData("agents", "test-generator")]
    [InlineData("db", "url")]
    public async Task A_setting_that_cannot_be_read_is_one_line_of_any_command(params string[] command)
    {
        var run = await CliProcess.RunAsync(With("QLearning__Silo__SiloPort", "abc"), command);

        Assert.NotEqual(ExitCode.Success, run.ExitCode);
        Assert.Contains("QLearning:Silo:SiloPort", Assert.Single(run.Progress.TrimEnd('\n').Split('\n')), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cluster_that_is_typed_goes_before_gateways_in_the_environment()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var silo = await QLearningSilo.StartAsync(new SiloSettings { ConnectionString = database.ConnectionString });
        var gateways = With("QLearning__Client__Gateways__0", "127.0.0.1:1");
        gateways["QLearning__Client__ConnectTimeout"] = "00:00:20";

        var run = await CliProcess.RunAsync(gateways, "mcp", "--cluster", database.ConnectionString);

        Assert.True(run.ExitCode == ExitCode.Success, run.Progress);
    }

    [Fact]
    public async Task No_that_is_typed_goes_before_yes_in_the_environment()
    {
        var settings = With("QLearning__Silo__BehindProxy", "true");
        settings["QLearning__Silo__AdvertisedAddress"] = "0.0.0.0";

        var run = await CliProcess.RunAsync(settings, "serve", "--behind-proxy", "false", "--data", _folder.At("new"));

        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Contains("proxy", run.Progress, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("serve --http-port 0 --advertise 0.0.0.0 --behind-proxy false", "true", true)]
    [InlineData("serve --http-port 0 --advertise 0.0.0.0 --behind-proxy true", "false", false)]
    [InlineData("serve --http-port 0 --advertise 0.0.0.0", "true", false)]
    [InlineData("gateway --http-port 0 --listen 0.0.0.0 --behind-proxy false", "true", true)]
    [InlineData("gateway --http-port 0 --listen 0.0.0.0 --behind-proxy true", "false", false)]
    [InlineData("gateway --http-port 0 --listen 0.0.0.0", "true", false)]
    public async Task What_is_typed_of_a_proxy_goes_before_the_environment_which_holds_where_nothing_is_typed(
        string command, string inEnvironment, bool isRefused)
    {
        var run = await CliProcess.RunAsync(
            With("QLearning__Security__BehindProxy", inEnvironment), [.. command.Split(' '), "--cluster", $"{Nowhere};Timeout=1"]);

        Assert.Equal(isRefused, run.Progress.Contains("without TLS", StringComparison.Ordinal));
        Assert.Equal(isRefused ? ExitCode.Usage : ExitCode.Failure, run.ExitCode);
    }

    private static Dictionary<string, string> With(string name, string value) => new() { [name] = value };
}
