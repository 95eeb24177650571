using System.Collections;
using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using QLearning.Abstractions;

namespace QLearning.Postgres;

/// <summary>What a program that was run to its end said.</summary>
internal sealed record ToolRun(int ExitCode, string Output, string Error)
{
    public bool Succeeded => ExitCode == 0;

    /// <summary>Everything it said, errors first, on one trimmed text.</summary>
    public string Said => $"{Error.Trim()}\n{Output.Trim()}".Trim();

    /// <summary>Runs a program with nothing of ours but its arguments and input; its descendants may outlive it.</summary>
    public static async Task<ToolRun> RunAsync(
        IReadOnlyList<string> command, string input, TimeSpan limit, TimeProvider time, CancellationToken ct)
    {
        using var process = Start(command);
        using var deadline = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, deadline.Token);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(either.Token);
            var error = process.StandardError.ReadToEndAsync(either.Token);
            await WriteInputAsync(process, input);
            await process.WaitForExitAsync(either.Token);
            return new ToolRun(process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            process.Kill();
            throw new StorageUnavailableException(
                string.Create(CultureInfo.InvariantCulture,
                    $"'{string.Join(' ', command)}' did not end within {limit.TotalSeconds:0.#} s and was stopped."));
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw;
        }
    }

    private static async Task WriteInputAsync(Process process, string input)
    {
        try
        {
            await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // The program ended without reading its input; its exit code and output say why.
        }
    }

    private static Process Start(IReadOnlyList<string> command)
    {
        var start = new ProcessStartInfo(command[0], command.Skip(1))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = "/",
        };

        // PGPORT, PGDATA and their like are the user's own servers; messages are parsed, so they must be in English.
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            if (variable.Key is string name && name.StartsWith("PG", StringComparison.Ordinal))
            {
                start.Environment.Remove(name);
            }
        }

        start.Environment["LC_ALL"] = "C";
        start.Environment["PATH"] = $"{Environment.GetEnvironmentVariable("PATH")}:/usr/bin:/bin:/usr/sbin:/sbin";
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new StorageUnavailableException($"The program '{command[0]}' could not be started: {e.Message}.", e);
        }
    }
}
