using System.ComponentModel;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using QLearning.Abstractions;

namespace QLearning.Bench.Rivals;

/// <summary>The server of a rival: a program of this machine, on a free port of the loopback address.</summary>
internal sealed class RivalProcess : IAsyncDisposable
{
    private static readonly TimeSpan _poll = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan _startTimeout = TimeSpan.FromSeconds(20);

    private readonly Process _process;

    private RivalProcess(Process process) => _process = process;

    /// <summary>A port that nobody listens on.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Starts a program; returns when it accepts connections.</summary>
    /// <returns>Null when it is not installed.</returns>
    public static async Task<RivalProcess?> StartAsync(string program, string[] arguments, int port, CancellationToken cancellationToken)
    {
        Process process;
        try
        {
            process = Process.Start(new ProcessStartInfo(program, arguments)
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
        }
        catch (Win32Exception)
        {
            return null;
        }

        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        var errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
        var rival = new RivalProcess(process);
        var began = Stopwatch.GetTimestamp();
        while (!await AcceptsAsync(port, cancellationToken))
        {
            if (process.HasExited || Stopwatch.GetElapsedTime(began) > _startTimeout)
            {
                await rival.DisposeAsync();
                throw new ClusterUnavailableException($"{program} did not start: {(await errors).Trim()}");
            }

            await Task.Delay(_poll, TimeProvider.System, cancellationToken);
        }

        return rival;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private static async Task<bool> AcceptsAsync(int port, CancellationToken cancellationToken)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
