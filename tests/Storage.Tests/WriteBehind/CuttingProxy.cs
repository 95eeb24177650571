using System.Text;
using QLearning.Testing.Proxy;

namespace QLearning.Storage.Tests.WriteBehind;

/// <summary>Forwards bytes between Npgsql and PostgreSQL, and cuts the connection of a flush at a chosen moment.</summary>
internal sealed class CuttingProxy : IAsyncDisposable
{
    /// <summary>The mark of a commit. With its end: a transaction begins with READ COMMITTED, which has the word too.</summary>
    public const string Commit = "COMMIT\0";

    private readonly TcpProxy _proxy;
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource<Func<Task>> _held = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _heldAnswered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Cut _next;
    private int _cuts;

    /// <summary>Starts to listen.</summary>
    /// <param name="connectionString">The server.</param>
    /// <param name="mark">What the flushes to cut have in their SQL.</param>
    public CuttingProxy(string connectionString, string mark) =>
        _proxy = new TcpProxy(connectionString, () => new CutRule(this, new StatementMark(Encoding.UTF8.GetBytes(mark))));

    public string ConnectionString => _proxy.ConnectionString;

    /// <summary>How many connections it has cut.</summary>
    public int Cuts => Volatile.Read(ref _cuts);

    /// <summary>Whether it has a request that it held.</summary>
    public bool IsHeld => _held.Task.IsCompleted;

    /// <summary>Cuts the next flush, once.</summary>
    public void CutNext(Cut cut)
    {
        lock (_gate)
        {
            _next = cut;
        }
    }

    /// <summary>Gives a held request to the server and waits until the server has answered it.</summary>
    public async Task ForwardHeldAsync()
    {
        var forward = await _held.Task.WaitAsync(Eventually.DefaultDeadline);
        await forward();
        await _heldAnswered.Task.WaitAsync(Eventually.DefaultDeadline);
    }

    public ValueTask DisposeAsync() => _proxy.DisposeAsync();

    private Cut TakeCut()
    {
        lock (_gate)
        {
            var cut = _next;
            _next = Cut.None;
            _cuts += cut == Cut.None ? 0 : 1;
            return cut;
        }
    }

    private sealed class CutRule(CuttingProxy proxy, StatementMark mark) : ProxyRule
    {
        private volatile Cut _cut;

        public override Passage Request(ReadOnlyMemory<byte> bytes, Func<ReadOnlyMemory<byte>, Task> send)
        {
            _cut = mark.IsRun(bytes.Span) ? proxy.TakeCut() : Cut.None;
            if (_cut != Cut.Hold)
            {
                return _cut == Cut.Request ? Passage.End : Passage.Pass;
            }

            var request = bytes.ToArray();
            proxy._held.SetResult(() => send(request));
            return Passage.Detach;
        }

        public override Passage Answer(ReadOnlyMemory<byte> bytes)
        {
            if (_cut == Cut.Hold)
            {
                proxy._heldAnswered.TrySetResult();
            }

            return _cut is Cut.Hold or Cut.Answer ? Passage.End : Passage.Pass;
        }
    }
}
