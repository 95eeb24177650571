namespace QLearning.Storage.WriteBehind;

/// <summary>Room in the backlog that is kept for rows of trajectories and rewards until this is disposed of.</summary>
public sealed class TrajectoryRoom : IDisposable
{
    private SiloBacklog? _backlog;

    private readonly long _bytes;

    internal TrajectoryRoom(SiloBacklog backlog, int rows, long bytes) => (_backlog, Rows, _bytes) = (backlog, rows, bytes);

    /// <summary>For how many rows.</summary>
    public int Rows { get; }

    /// <summary>Gives the room back.</summary>
    public void Dispose() => Interlocked.Exchange(ref _backlog, null)?.Release(Rows, _bytes);
}
