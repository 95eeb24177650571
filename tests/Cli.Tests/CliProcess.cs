using System.Diagnostics;
using QLearning.Testing;

namespace QLearning.Cli.Tests;

/// <summary>A program that ran to its end: what it said, and how it ended.</summary>
internal sealed record CliProcess(int ExitCode, string Result, string Progress)
{
    public static Task<CliProcess> RunAsync(IReadOnlyDictionary<string, string> environment, params string[] args) =>
        RunAsync("dotnet", [Path.Combine(AppContext.BaseDirectory, "qlearn.dll"), .. args], environment);

    public static async Task<CliProcess> RunAsync(
        string program, string[] args, IReadOnlyDictionary<string, string> environment, string folder = "")
    {
        var start = new ProcessStartInfo(program, args)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var process = new ChildProcess(start);
        process.StandardInput.Close();
        var result = process.StandardOutput.ReadToEndAsync();
        var progress = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return new CliProcess(process.ExitCode, await result, progress);
    }
}
