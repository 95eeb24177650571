using System.Collections.Concurrent;
using System.Diagnostics;
using QLearning.Testing;

namespace QLearning.Cli.Tests;

/// <summary>The real program as a process of its own.</summary>
internal sealed class QLearnProcess : IAsyncDisposable
{
    private const string Active = "Silo is active";

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = new();

    private QLearnProcess(string[] args)
    {
        var program = typeof(CommandLine).Assembly.Location;
        _process = new Process
        {
            StartInfo = new ProcessStartInfo("dotnet", [program, .. args]) { RedirectStandardOutput = true, RedirectStandardError = true },
        };
        _process.OutputDataReceived += Keep;
        _process.ErrorDataReceived += Keep;
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>What it printed until now, both streams.</summary>
    public string Said => string.Join('\n', _lines);

    /// <summary>Starts a silo and waits until it is active.</summary>
    public static async Task<QLearnProcess> ServeAsync(string dataFolder, params string[] options)
    {
        var process = new QLearnProcess(["serve", "--data", dataFolder, .. options]);
        await Eventually.Holds(
            () => process._process.HasExited ? throw new InvalidOperationException(process.Said) : process.HasSaid(Active), "an active silo");
        return process;
    }

    public bool HasSaid(string text) => _lines.Any(line => line.Contains(text, StringComparison.Ordinal));

    /// <summary>As <c>kill -9</c> does.</summary>
    public Task KillAsync()
    {
        _process.Kill();
        return _process.WaitForExitAsync();
    }

    /// <summary>Asks it to end by SIGTERM.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> TerminateAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
        using var deadline = new CancellationTokenSource(Eventually.DefaultDeadline);
        await _process.WaitForExitAsync(deadline.Token);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        _process.Dispose();
    }

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        if (line.Data is not null)
        {
            _lines.Enqueue(line.Data);
        }
    }
}
