using System.Text;

namespace QLearning.Testing.Proxy;

/// <summary>Where all connections of a relay wait while it hangs.</summary>
internal sealed class HoldPoint
{
    private readonly Lock _gate = new();
    private readonly StringBuilder _held = new();
    private TaskCompletionSource? _end;
    private string? _from;

    /// <summary>What came here while it hung.</summary>
    public string Held
    {
        get
        {
            lock (_gate)
            {
                return _held.ToString();
            }
        }
    }

    /// <summary>Holds back all that comes from now on, or from the first that has a text.</summary>
    public void Begin(string? from)
    {
        lock (_gate)
        {
            _from = from;
            _end = from is null ? NewEnd() : _end;
        }
    }

    /// <summary>Lets all go on.</summary>
    public void End()
    {
        lock (_gate)
        {
            _end?.TrySetResult();
        }
    }

    /// <summary>Returns when what was sent may go on.</summary>
    public Task PassAsync(ReadOnlyMemory<byte> sent)
    {
        lock (_gate)
        {
            if (_from is null && _end is not { Task.IsCompleted: false })
            {
                return Task.CompletedTask;
            }

            var text = Encoding.UTF8.GetString(sent.Span);
            if (_from is { } from && text.Contains(from, StringComparison.Ordinal))
            {
                (_from, _end) = (null, NewEnd());
            }

            if (_end is not { Task: { IsCompleted: false } end })
            {
                return Task.CompletedTask;
            }

            _held.Append(text);
            return end;
        }
    }

    private static TaskCompletionSource NewEnd() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
