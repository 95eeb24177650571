using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using QLearning.Abstractions;

namespace QLearning.Testing;

/// <summary>One silo: the real program in a process of its own.</summary>
public sealed class SiloProcess : IAsyncDisposable
{
    private const string ActiveMark = "Silo is active: silo port ";
    private const string HttpMark = "HTTP API: ";
    private const int KeptLines = 400;

    private static readonly TimeSpan _startTimeout = TimeSpan.FromMinutes(3);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly TaskCompletionSource<int> _port = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private SiloProcess(string[] command, IReadOnlyDictionary<string, string> environment)
    {
        _process = new Process
        {
            StartInfo = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true },
            EnableRaisingEvents = true,
        };
        foreach (var (name, value) in environment)
        {
            _process.StartInfo.Environment[name] = value;
        }

        _process.OutputDataReceived += Keep;
        _process.ErrorDataReceived += Keep;
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Its TCP port for other silos.</summary>
    public int Port { get; private set; }

    /// <summary>Where it answers HTTP; null: it has not said so yet.</summary>
    public Uri? HttpUrl { get; private set; }

    /// <summary>Whether it has ended.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>Whether a signal has stopped it.</summary>
    public bool IsStopped
    {
        get
        {
            var status = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{_process.Id}/stat"));
            return status[status.LastIndexOf(')') + 2] == 'T';
        }
    }

    /// <summary>The processor time that it has used.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>The memory that it holds, in bytes.</summary>
    public long WorkingSet
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    /// <summary>The end of what it printed.</summary>
    public string Said => string.Join('\n', _lines);

    /// <summary>Starts a silo and waits until it is active.</summary>
    /// <param name="options">The options of <c>qlearn serve</c>.</param>
    /// <param name="prefix">A command that runs it, or nothing.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <param name="program">The program that has <c>serve</c>, in the folder of this one.</param>
    /// <param name="environment">Environment variables beside those of this process.</param>
    public static Task<SiloProcess> StartAsync(
        string[] options,
        string[] prefix,
        CancellationToken cancellationToken,
        string program = "qlearn",
        IReadOnlyDictionary<string, string>? environment = null) => StartAsync(
            [.. prefix, "dotnet", Path.Combine(AppContext.BaseDirectory, $"{program}.dll"), "serve", .. AnyHttpPort(options), .. options],
            environment ?? new Dictionary<string, string>(),
            cancellationToken);

    /// <summary>Starts a silo by a command of its own, and waits until it is active.</summary>
    /// <param name="command">The command.</param>
    /// <param name="environment">Environment variables beside those of this process.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public static async Task<SiloProcess> StartAsync(
        string[] command, IReadOnlyDictionary<string, string> environment, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(command);
        ArgumentNullException.ThrowIfNull(environment);
        var silo = new SiloProcess(command, environment);
        try
        {
            using var watching = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            // This ends when all is read that it said.
            var ended = silo._process.WaitForExitAsync(watching.Token);
            await Task.WhenAny(silo._port.Task, ended).WaitAsync(_startTimeout, TimeProvider.System, cancellationToken);
            await watching.CancelAsync();
            silo.Port = silo._port.Task.IsCompletedSuccessfully
                ? await silo._port.Task
                : throw new ClusterUnavailableException($"The silo ended before it was active:\n{silo.Said}");
            return silo;
        }
        catch
        {
            await silo.DisposeAsync();
            throw;
        }
    }

    // Other tests start silos at the same moment: none may want a certain port unless it must.
    private static string[] AnyHttpPort(string[] options) => options.Contains("--http-port") ? [] : ["--http-port", "0"];

    /// <summary>As <c>kill -9</c> does; returns when it is gone.</summary>
    public async Task KillAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
    }

    /// <summary>Sends a signal, such as TERM.</summary>
    /// <param name="signal">Its name without SIG.</param>
    public async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }

    /// <summary>Asks it to end by SIGTERM, and waits until it has.</summary>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>Its exit code.</returns>
    public async Task<int> TerminateAsync(CancellationToken cancellationToken)
    {
        await SignalAsync("TERM");
        await _process.WaitForExitAsync(cancellationToken);
        return _process.ExitCode;
    }

    /// <summary>Waits until it has ended by itself.</summary>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public Task WaitForExitAsync(CancellationToken cancellationToken) => _process.WaitForExitAsync(cancellationToken);

    /// <inheritdoc/>
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
        if (line.Data is not { } text)
        {
            return;
        }

        _lines.Enqueue(text);
        if (_lines.Count > KeptLines)
        {
            _lines.TryDequeue(out _);
        }

        if (text.StartsWith(HttpMark, StringComparison.Ordinal))
        {
            HttpUrl = new Uri(text[HttpMark.Length..text.IndexOf("v1,", StringComparison.Ordinal)]);
        }

        if (text.StartsWith(ActiveMark, StringComparison.Ordinal))
        {
            _port.TrySetResult(
                int.Parse(text[ActiveMark.Length..text.IndexOf(',', StringComparison.Ordinal)], CultureInfo.InvariantCulture));
        }
    }
}
