using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace QLearning.Cli.Tests;

/// <summary>What a caller gets for a command that cannot be run: one clear line, an exit code, nothing on standard output.</summary>
public sealed class CommandLineTests
{
    [Theory]
    [InlineData("Unrecognized command or argument 'bogus'", "bogus")]
    [InlineData("Required argument 'history' missing", "replay")]
    [InlineData("The port '99999' is not allowed. Allowed: 0 to 65535.", "serve", "--silo-port", "99999")]
    [InlineData("The port '-1' is not allowed. Allowed: 0 to 65535.", "serve", "--gateway-port", "-1")]
    [InlineData("The number of seconds '0' is not allowed. Allowed: 1 to 3600.", "demo", "--seconds", "0")]
    [InlineData("The number of seeds 'many' is not allowed. Allowed: 1 to 100.", "replay", "x.csv", "--seeds", "many")]
    [InlineData("The seed '2147483647' is not allowed with 2 seeds.", "replay", "x.csv", "--seed", "2147483647", "--seeds", "2")]
    [InlineData("The columns 'nam=x' are not allowed. Allowed: each once, name,", "replay", "x.csv", "--columns", "nam=x")]
    [InlineData("The columns '+1=x' are not allowed.", "replay", "x.csv", "--columns", "+1=x")]
    [InlineData("The columns '-7=x' are not allowed.", "replay", "x.csv", "--columns", "-7=x")]
    [InlineData("The columns 'name' are not allowed.", "replay", "x.csv", "--columns", "name")]
    [InlineData("The columns 'name=a,name=b' are not allowed.", "replay", "x.csv", "--columns", "name=a,name=b")]
    [InlineData("The duration unit 'h' is not allowed. Allowed: us, ms, s, min.", "replay", "x.csv", "--duration-unit", "h")]
    [InlineData("The encoding 'klingon' is not allowed.", "replay", "x.csv", "--encoding", "klingon")]
    [InlineData("--data and --cluster name two databases.", "status", "--data", "x", "--cluster", "Host=x")]
    [InlineData("--data and --cluster name two databases.", "serve", "--data", "x", "--cluster", "Host=x")]
    [InlineData("Allowed: --dry-run to count what would go, or --yes to do it.", "forget", "test-generator")]
    [InlineData("Allowed: --dry-run to count what would go, or --yes", "delete", "type", "test-generator", "--dry-run", "--yes")]
    [InlineData("The limit '0' is not allowed. Allowed: 1 to 1000000.", "agents", "test-generator", "--limit", "0")]
    [InlineData("Argument 'worst' not recognized. Must be one of: 'key' 'best'", "q", "test-generator", "--order", "worst")]
    [InlineData("Argument 'xml' not recognized. Must be one of: 'text' 'json'", "serve", "--log", "xml")]
    [InlineData("Argument 'read,learn' not recognized. Must be one of: 'read' 'learn'", "keys", "add", "ci", "--scope", "read,learn")]
    [InlineData("Argument '2' not recognized. Must be one of: 'read' 'learn'", "keys", "add", "ci", "--scope", "read", "--scope", "2")]
    [InlineData("The encoding 'utf-7' is not allowed.", "replay", "x.csv", "--encoding", "utf-7")]
    [InlineData("Allowed: --seeds without --data and --cluster.", "replay", "x.csv", "--seeds", "2", "--data", "here")]
    public async Task Wrong_usage_ends_with_code_2_and_one_line_an_error_that_says_what_is_allowed(string message, params string[] args)
    {
        using var output = new CapturedOutput();

        Assert.Equal(ExitCode.Usage, await output.RunAsync(args));

        var lines = output.Progress.TrimEnd('\n').Split('\n');
        Assert.Equal("qlearn: 'qlearn --help' lists commands and options.", lines[^1]);
        Assert.Single(lines, line => line.Contains(message, StringComparison.Ordinal));
        Assert.All(lines, line => Assert.StartsWith("qlearn: ", line, StringComparison.Ordinal));
        Assert.Empty(output.Result);
    }

    [Fact]
    public async Task A_port_that_is_taken_may_be_free_at_the_next_start()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);
        await EndsWithOneLineAsync(ExitCode.Failure, "it cannot be listened on", ["serve", "--cluster", "@", "--silo-port", port]);
    }

    [Fact]
    public void Whatever_option_takes_a_number_says_which_are_allowed()
    {
        using var output = new CapturedOutput();
        var root = CommandLine.Build(output.Output);
        var numbers = Within(root, []).SelectMany(command => command.Command.Options
            .Where(option => Type.GetTypeCode(Nullable.GetUnderlyingType(option.ValueType) ?? option.ValueType)
                is TypeCode.Int32 or TypeCode.Double)
            .Select(option => (string[])[.. command.Path, option.Name, "abc"])).ToArray();

        Assert.NotEmpty(numbers);
        Assert.All(numbers, args => Assert.Contains(
            root.Parse(args).Errors, error => error.Message.Contains("'abc' is not allowed. Allowed: ", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("it cannot be read", "replay", "/no/such/file.csv")]
    [InlineData("No cluster runs in", "status", "--data", "/no/such/folder")]
    [InlineData("No PostgreSQL runs in", "db", "url", "--data", "/no/such/folder")]
    [InlineData("Failed to connect to 127.0.0.1:1", "status", "--cluster", "Host=127.0.0.1;Port=1;Database=x;Username=x")]
    [InlineData("Failed to connect to 127.0.0.1:1", "serve", "--cluster", "postgresql://x@127.0.0.1:1/x")]
    [InlineData("Failed to connect to 127.0.0.1:1", "db", "migrate", "--cluster", "postgresql://x@127.0.0.1:1/x")]
    [InlineData("it has no database", "db", "check", "--data", "/no/such/folder")]
    [InlineData("it has no database", "db", "status", "--data", "/no/such/folder")]
    public Task A_failure_ends_with_code_1_and_one_line_without_a_stack_trace(string message, params string[] args) =>
        EndsWithOneLineAsync(ExitCode.Failure, message, args);

    [Theory]
    [InlineData("The connection string cannot be read", "serve", "--cluster", "rubbish")]
    [InlineData("The connection string cannot be read", "gateway", "--cluster", "rubbish")]
    [InlineData("The advertised address 'foo' is not allowed", "serve", "--cluster", "@", "--advertise", "foo")]
    public Task A_wrong_setting_of_a_server_ends_with_code_2_as_another_start_does_not_help(string message, params string[] args) =>
        EndsWithOneLineAsync(ExitCode.Usage, message, args);

    [Theory]
    [InlineData("replay", "@", "--data", "#")]
    [InlineData("replay", "@", "--seeds", "2")]
    [InlineData("rank", "--history", "@")]
    public async Task A_cycle_that_takes_more_than_24_days_in_half_of_its_time_is_one_line_before_anything_is_created(params string[] args)
    {
        using var folder = new Testing.TemporaryFolder();
        await File.WriteAllTextAsync(folder.At("long.csv"), "Name;Duration;Verdict;Cycle\na;4294967296;1;7\n");
        using var output = new CapturedOutput();

        Assert.Equal(ExitCode.Failure, await output.RunAsync(
            [.. args.Select(arg => arg == "@" ? folder.At("long.csv") : arg == "#" ? folder.At("new") : arg)]));

        Assert.Contains(
            "the tests of cycle 7 take 50 days. Allowed: ", Assert.Single(output.Progress.TrimEnd('\n').Split('\n')),
            StringComparison.Ordinal);
        Assert.Empty(output.Result);
        Assert.False(Directory.Exists(folder.At("new")));
    }

    [Fact]
    public async Task An_error_about_a_connection_string_does_not_repeat_its_password()
    {
        using var output = new CapturedOutput();

        await output.RunAsync("status", "--cluster", "Host=127.0.0.1;Passwort=geheim");

        Assert.DoesNotContain("geheim", output.Progress, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_lists_every_command()
    {
        using var output = new CapturedOutput();

        Assert.Equal(ExitCode.Success, await output.RunAsync("--help"));

        Assert.All(["serve", "demo", "replay", "status", "db"],
            command => Assert.Contains($"  {command} ", output.Result, StringComparison.Ordinal));
    }

    private static async Task EndsWithOneLineAsync(int exitCode, string message, string[] args)
    {
        await using var database = args.Contains("@") ? await Testing.TestDatabase.CreateAsync() : null;
        using var output = new CapturedOutput();

        Assert.Equal(exitCode, await output.RunAsync([.. args.Select(arg => arg == "@" ? database!.ConnectionString : arg)]));

        Assert.StartsWith("qlearn: ", output.Progress, StringComparison.Ordinal);
        Assert.Contains(message, output.Progress, StringComparison.Ordinal);
        Assert.Single(output.Progress.TrimEnd('\n').Split('\n'));
        Assert.Empty(output.Result);
    }

    private static IEnumerable<(Command Command, string[] Path)> Within(Command command, string[] path) =>
        command.Subcommands.SelectMany(within => Within(within, [.. path, within.Name])).Prepend((command, path));
}
