using System.Diagnostics;
using System.Reflection;

namespace QLearning.Http.Tests;

/// <summary>The samples of samples/http learn against a live silo, each by its own interpreter; a missing one fails the test.</summary>
[Collection(ServerTests.Name)]
public sealed class SampleTests(ServerFixture server)
{
    private static readonly string _samples = Path.Combine(
        typeof(SampleTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(attribute => attribute.Key == "RepositoryRoot").Value!,
        "samples",
        "http");

    [Fact]
    public async Task The_Python_agent_learns()
    {
        var said = await RunAsync("python3", "agent.py");
        Assert.StartsWith("20 tasks in session completed", said, StringComparison.Ordinal);
        Assert.Contains("pattern found: close branch gaps first", said, StringComparison.Ordinal);
        Assert.Contains("best action: gap_prioritization", said, StringComparison.Ordinal);
        const string Late = "select count(*) from rewards where reward_source = 'review' and trajectory_id is not null";
        Assert.Equal(1, await server.Database.QueryAsync<long>(Late));
    }

    [Fact]
    public async Task The_curl_agent_learns()
    {
        var said = await RunAsync("bash", "agent.sh");
        Assert.Contains("task 3 is done and stored", said, StringComparison.Ordinal);
        Assert.Contains("tasks in the session: 3", said, StringComparison.Ordinal);
        Assert.Contains("best action: ", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_TypeScript_agent_learns()
    {
        var said = await RunAsync(await NodeAsync(), "agent.ts");
        Assert.StartsWith("20 tasks in session completed", said, StringComparison.Ordinal);
        Assert.Contains("pattern found: read the diff first", said, StringComparison.Ordinal);
    }

    /// <summary>A node that runs TypeScript as it is: the machine's, or npm's, which is fetched once.</summary>
    private static async Task<string> NodeAsync()
    {
        var (exit, version, _) = await TryAsync("node", "--version");
        if (exit == 0 && Version.Parse(version.Trim().TrimStart('v')) >= new Version(22, 18))
        {
            return "node";
        }

        var folder = Path.Combine(AppContext.BaseDirectory, "node");
        var program = Path.Combine(folder, "node_modules", "node", "bin", "node");
        if (!File.Exists(program))
        {
            Directory.CreateDirectory(folder);
            var (installed, _, failed) = await TryAsync("npm", "install", "--prefix", folder, "--no-fund", "--no-audit", "node@22");
            Assert.True(installed == 0, $"Node.js 22.18 or newer is needed, and npm could not fetch it: {failed}");
        }

        return program;
    }

    private async Task<string> RunAsync(string interpreter, string sample)
    {
        var (exit, said, failed) = await TryAsync(
            interpreter, Path.Combine(_samples, sample), server.Silo.HttpUrl!.GetLeftPart(UriPartial.Authority));
        Assert.True(exit == 0, $"{sample} ended with {exit}: {failed}\n{said}");
        return said;
    }

    private static async Task<(int Exit, string Said, string Failed)> TryAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        try
        {
            using var process = new ChildProcess(start);
            var said = process.StandardOutput.ReadToEndAsync();
            var failed = await process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync();
            return (process.ExitCode, await said, failed);
        }
        catch (System.ComponentModel.Win32Exception error)
        {
            return (127, string.Empty, $"{program} is not installed: {error.Message}");
        }
    }
}
