using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace QLearning.Bench.Chaos;

/// <summary>A client in a process of its own, which tells by its output what it sends and what it is answered.</summary>
internal sealed class ClientProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly ChaosLoad _load;
    private readonly ConcurrentDictionary<string, Call> _calls = new(StringComparer.Ordinal);
    private readonly TaskCompletionSource _answered = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ClientProcess(string connectionString, ChaosLoad load)
    {
        _load = load;
        _process = new Process
        {
            StartInfo = new ProcessStartInfo("dotnet", [BenchProgram.Path, ChaosClientCommand.Name, connectionString])
            {
                RedirectStandardOutput = true,
            },
        };
        _process.OutputDataReceived += (_, line) => Note(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
    }

    /// <summary>What it has sent, with what it was told.</summary>
    public IReadOnlyCollection<Call> Calls => [.. _calls.Values];

    /// <summary>Waits until it was answered for the first time.</summary>
    public Task WaitForAnswersAsync(TimeSpan giveUp, CancellationToken cancellationToken) =>
        _answered.Task.WaitAsync(giveUp, TimeProvider.System, cancellationToken);

    /// <summary>As <c>kill -9</c> does; returns when all it said is read.</summary>
    public async Task KillAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        _process.Dispose();
    }

    // A line of a call that is sent has its number, key, kind and count; one of an answer its number. The last line may be cut off.
    private void Note(string? line)
    {
        switch (line?.Split(' '))
        {
            case ["sent", var number, var key, var kind, var count, "."]:
                _calls[number] = new Call(key, Enum.Parse<CallKind>(kind), int.Parse(count, CultureInfo.InvariantCulture), _load.Now)
                {
                    Road = "client process",
                };
                break;
            case ["answered", var number, "."]:
                _calls[number].End(CallOutcome.Acknowledged, _load.Now);
                _answered.TrySetResult();
                break;
        }
    }
}
