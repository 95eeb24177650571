using System.Diagnostics;
using System.Globalization;
using QLearning.Testing;

namespace QLearning.Cli.Tests;

/// <summary>The script <c>qlearn</c>, in a tree of its own with a <c>dotnet</c> that only notes what it is asked for.</summary>
public sealed class ScriptTests : IDisposable
{
    private const string Dotnet = """
        #!/bin/sh
        case $1 in
            --version) echo 10.0.100 ;;
            build)
                echo build >>"$TREE/said"
                case $2 in
                    *.csproj | *.sln) mkdir -p "$TREE/src/Cli/obj" "$TREE/src/Cli/bin/Release/net10.0" "$TREE/src/Other/obj"
                        echo >"$TREE/src/Cli/bin/Release/net10.0/qlearn.dll" ;;
                esac ;;
            test)
                mkdir "$TMPDIR/qlearning-tests-left"
                sh -c 'sleep 600; echo' left-by-a-test >/dev/null 2>&1 &
                echo $! >"$TREE/left"
                if [ -n "${HANG:-}" ]; then sleep 600; fi
                echo 'Failed!  - Failed:     1, Passed:     2, Skipped:     0, Total:     3, Duration: 1 s'
                exit 1 ;;
            *) echo "run" >>"$TREE/said"; echo "gen0 $DOTNET_GCgen0size" ;;
        esac
        """;

    private readonly TemporaryFolder _tree = new();
    private readonly TemporaryFolder _temporary = new();

    public ScriptTests()
    {
        Directory.CreateDirectory(_tree.At("src/Cli"));
        Directory.CreateDirectory(_tree.At("src/Other"));
        Directory.CreateDirectory(_tree.At("db"));
        Directory.CreateDirectory(_tree.At("tools"));
        foreach (var file in new[] { "src/Cli/a.cs", "src/Other/b.cs", "Directory.Build.props", "Directory.Packages.props", "global.json" })
        {
            File.WriteAllText(_tree.At(file), "x");
            File.SetLastWriteTimeUtc(_tree.At(file), TimeProvider.System.GetUtcNow().UtcDateTime.AddHours(-1));
        }

        MakeTool("dotnet", Dotnet + "\n");
        File.Copy(ScriptPath(), _tree.At("qlearn"));
    }

    public void Dispose()
    {
        _tree.Dispose();
        _temporary.Dispose();
    }

    [Fact]
    public async Task Two_commands_after_each_other_build_once_and_a_change_builds_again()
    {
        Assert.Contains("building; the first time takes a minute.", (await RunAsync("status")).Progress, StringComparison.Ordinal);
        Assert.Empty((await RunAsync("status")).Progress);
        Assert.Equal(["build", "run", "run"], Said);

        await File.WriteAllTextAsync(_tree.At("src/Other/b.cs"), "y");
        File.SetLastWriteTimeUtc(_tree.At("src/Other/b.cs"), TimeProvider.System.GetUtcNow().UtcDateTime.AddMinutes(1));
        Assert.Contains("building: sources changed.", (await RunAsync("status")).Progress, StringComparison.Ordinal);
        Assert.Equal(["build", "run", "run", "build", "run"], Said);
    }

    [Fact]
    public async Task What_the_tests_built_is_built_again_only_after_a_change()
    {
        await RunAsync("test");
        Assert.Empty((await RunAsync("status")).Progress);
        Assert.Equal(["build", "run"], Said);

        File.Delete(_tree.At("src/Other/b.cs"));
        Assert.Contains("building: sources changed.", (await RunAsync("status")).Progress, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_garbage_collector_has_64_MiB_for_new_objects_unless_the_caller_says_otherwise()
    {
        Assert.Equal("gen0 4000000\n", (await RunAsync(Budget(""), "status")).Result);
        Assert.Equal("gen0 800000\n", (await RunAsync(Budget("800000"), "status")).Result);

        static Dictionary<string, string> Budget(string bytes) => new() { ["DOTNET_GCgen0size"] = bytes };
    }

    [Fact]
    public async Task A_source_that_is_deleted_builds_again()
    {
        await RunAsync("status");
        File.Delete(_tree.At("src/Other/b.cs"));
        await RunAsync("status");

        Assert.Equal(["build", "run", "build", "run"], Said);
    }

    [Fact]
    public async Task A_test_that_fails_leaves_no_process_and_no_folder_behind()
    {
        var run = await RunAsync("test");

        Assert.Equal(1, run.ExitCode);
        Assert.EndsWith("2 passed, 1 failed, 0 skipped\n", run.Result, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_temporary.Path));
        await Eventually.Holds(() => !IsAlive(), "what the test left to be ended");
    }

    [Theory]
    [InlineData("TERM", 143)]
    [InlineData("HUP", 129)]
    public async Task Tests_that_are_interrupted_leave_no_process_and_no_folder_behind(string signal, int exitCode)
    {
        var running = RunAsync(new Dictionary<string, string> { ["HANG"] = "1" }, "test");
        await Eventually.Holds(() => File.Exists(_tree.At("left")) && new FileInfo(_tree.At("left")).Length > 0, "the tests to run");
        // The oldest: the script's subshell has the same command line.
        var script = (await CliProcess.RunAsync("pgrep", ["-o", "-f", $"^/bin/sh {_tree.At("qlearn")} test"], Environment())).Result;
        await CliProcess.RunAsync("kill", [$"-{signal}", script.Split('\n')[0]], Environment());

        Assert.Equal(exitCode, (await running).ExitCode);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_temporary.Path));
        await Eventually.Holds(() => !IsAlive(), "what the test left to be ended");
    }

    [Theory]
    [InlineData(true, "serve", "")]
    [InlineData(true, "replay", "--data folder")]
    [InlineData(true, "serve", "--data folder", "ConnectionStrings__QLearning")]
    [InlineData(true, "demo", "--silos 2")]
    [InlineData(false, "serve", "--cluster Host=db")]
    [InlineData(false, "replay", "--agents 2 --cluster=Host=db")]
    [InlineData(false, "demo", "--cluster:Host=db")]
    [InlineData(false, "serve", "", "ConnectionStrings__QLearning")]
    [InlineData(false, "serve", "", "QLearning__Silo__ConnectionString")]
    [InlineData(false, "serve", "--help")]
    [InlineData(false, "status", "")]
    public async Task A_local_PostgreSQL_is_wanted_only_for_the_embedded_default(
        bool isWanted, string command, string options, string? variable = null)
    {
        WithoutPostgres();
        var more = new Dictionary<string, string>();
        if (variable is not null)
        {
            more[variable] = "Host=db";
        }

        var run = await RunAsync(more, [command, .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);

        Assert.Equal(isWanted ? 1 : 0, run.ExitCode);
        Assert.Equal(isWanted, run.Progress.Contains("PostgreSQL could not be installed from here", StringComparison.Ordinal));
        Assert.Equal(isWanted ? ["install"] : ["build", "run"], Said);
    }

    [Theory]
    [InlineData(false, """{ "ConnectionStrings": { "QLearning": "Host=db" } }""")]
    [InlineData(false, """{ "QLearning": { "Silo": { "connectionString": "Host=db" } } }""")]
    [InlineData(true, """{ "QLearning": { "Silo": { "HttpPort": 1 } } }""")]
    public async Task A_connection_string_in_a_file_wants_no_local_PostgreSQL_either(bool isWanted, string settings)
    {
        WithoutPostgres();
        await File.WriteAllTextAsync(_tree.At("appsettings.json"), settings);

        var run = await CliProcess.RunAsync("/bin/sh", [_tree.At("qlearn"), "serve"], Environment(), _tree.Path);

        Assert.Equal(isWanted ? 1 : 0, run.ExitCode);
        Assert.Equal(isWanted ? ["install"] : ["build", "run"], Said);
    }

    // The machine's own PostgreSQL is hidden, and who would install one only notes it.
    private void WithoutPostgres()
    {
        var script = File.ReadAllText(_tree.At("qlearn"));
        var hidden = script.Replace("command -v initdb", "command -v initdb-that-is-hidden", StringComparison.Ordinal)
            .Replace("[ -x \"$folder/initdb\" ]", "false", StringComparison.Ordinal);
        Assert.Equal(2, script.Split('\n').Zip(hidden.Split('\n')).Count(lines => lines.First != lines.Second));
        File.WriteAllText(_tree.At("qlearn"), hidden);
        foreach (var tool in new[] { "apt-get", "dnf", "brew", "sudo", "id" })
        {
            // Not as root: what is run as root here would change the machine.
            var does = tool == "id" ? "echo 1000" : "echo install >>\"$TREE/said\"; exit 1";
            MakeTool(tool, $"#!/bin/sh\n{does}\n");
        }
    }

    // Another process makes it: what a test starts while this one has a file open for writing has it open too for a moment, and what is
    // open for writing cannot be run.
    private void MakeTool(string name, string script)
    {
        File.WriteAllText(_tree.At("tool"), script);
        using var install = Process.Start("install", ["-m", "700", _tree.At("tool"), _tree.At($"tools/{name}")]);
        install.WaitForExit();
        Assert.Equal(0, install.ExitCode);
    }

    private string[] Said => File.ReadAllLines(_tree.At("said"));

    private static string ScriptPath()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "qlearn")) || !File.Exists(Path.Combine(folder.FullName, "global.json")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("The repository's folder was not found.");
        }

        return Path.Combine(folder.FullName, "qlearn");
    }

    private bool IsAlive()
    {
        var stat = string.Create(CultureInfo.InvariantCulture, $"/proc/{File.ReadAllText(_tree.At("left")).Trim()}/stat");
        try
        {
            return !File.ReadAllText(stat).Contains(") Z ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            // It is gone, perhaps since the file was opened.
            return false;
        }
    }

    private Dictionary<string, string> Environment() => new()
    {
        ["PATH"] = $"{_tree.At("tools")}:{System.Environment.GetEnvironmentVariable("PATH")}",
        ["TREE"] = _tree.Path,
        ["TMPDIR"] = _temporary.Path,
        ["QLEARNING_POSTGRES_BIN"] = "",
        ["ConnectionStrings__QLearning"] = "",
    };

    private Task<CliProcess> RunAsync(params string[] args) => RunAsync(new Dictionary<string, string>(), args);

    private Task<CliProcess> RunAsync(Dictionary<string, string> more, params string[] args)
    {
        var environment = Environment();
        foreach (var (name, value) in more)
        {
            environment[name] = value;
        }

        return CliProcess.RunAsync("/bin/sh", [_tree.At("qlearn"), .. args], environment);
    }
}
