using System.Diagnostics;
using QLearning.Testing;

namespace QLearning.Deploy.Tests.Container;

/// <summary>A script or program that ran to its end: what it said, and how it ended.</summary>
internal sealed record ScriptRun(int ExitCode, string Output, string Errors)
{
    public static async Task<ScriptRun> RunAsync(string[] command, IReadOnlyDictionary<string, string> environment)
    {
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var process = new ChildProcess(start);
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return new ScriptRun(process.ExitCode, await output, errors);
    }

    /// <summary>Fails with what it said unless it ended with 0.</summary>
    public ScriptRun Succeeded()
    {
        Assert.True(ExitCode == 0, $"Exit code {ExitCode}:\n{Output}\n{Errors}");
        return this;
    }
}
