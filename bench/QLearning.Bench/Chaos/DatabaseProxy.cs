using System.Net;
using System.Text;
using QLearning.Testing.Proxy;

namespace QLearning.Bench.Chaos;

/// <summary>
/// Relays between silos and PostgreSQL. On demand it cuts the connection of a flush when its request has gone through and its answer comes
/// back, so that the silo cannot know whether it was committed.
/// </summary>
internal sealed class DatabaseProxy : IAsyncDisposable
{
    private static readonly byte[] _flushMark = Encoding.UTF8.GetBytes("q_table_owners o set watermark");

    private readonly TcpProxy _proxy;
    private int _cutsLeft;
    private int _cuts;

    public DatabaseProxy(string connectionString) => _proxy = new TcpProxy(connectionString, () => new FlushRule(this), IPAddress.Any);

    /// <summary>The connection string that leads through it.</summary>
    public string ConnectionString => _proxy.ConnectionString;

    /// <summary>How many flushes lost their answers.</summary>
    public int Cuts => Volatile.Read(ref _cuts);

    /// <summary>The connection string that leads through it from elsewhere.</summary>
    public string Through(string address) => _proxy.Through(address);

    /// <summary>Cuts the answers of the next flushes.</summary>
    public void CutAnswers(int count) => Volatile.Write(ref _cutsLeft, count);

    public ValueTask DisposeAsync() => _proxy.DisposeAsync();

    private bool TakeCut()
    {
        if (Interlocked.Decrement(ref _cutsLeft) < 0)
        {
            Volatile.Write(ref _cutsLeft, 0);
            return false;
        }

        Interlocked.Increment(ref _cuts);
        return true;
    }

    /// <summary>Knows whether an unanswered request is a flush, which may come in several reads.</summary>
    private sealed class FlushRule(DatabaseProxy proxy) : ProxyRule
    {
        private readonly StatementMark _mark = new(_flushMark);
        private volatile bool _isFlush;

        public override Passage Request(ReadOnlyMemory<byte> bytes, Func<ReadOnlyMemory<byte>, Task> send)
        {
            _isFlush |= _mark.IsRun(bytes.Span);
            return Passage.Pass;
        }

        public override Passage Answer(ReadOnlyMemory<byte> bytes)
        {
            var wasFlush = _isFlush;
            _isFlush = false;
            return wasFlush && proxy.TakeCut() ? Passage.End : Passage.Pass;
        }
    }
}
