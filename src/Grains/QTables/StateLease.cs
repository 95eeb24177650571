using QLearning.Abstractions;

namespace QLearning.Grains.QTables;

/// <summary>
/// Keeps states in memory from <see cref="StateLoader.LeaseAsync"/> until it is disposed, in a turn of the grain. Who holds one must not
/// wait for another: the room that the other waits for may be what this one takes.
/// </summary>
internal sealed class StateLease(StateLoader loader, StateKey[] states) : IDisposable
{
    private bool _isOver;

    /// <summary>Lets the states be evicted again, unless others hold them too.</summary>
    public void Dispose()
    {
        if (!_isOver)
        {
            _isOver = true;
            loader.Release(states);
        }
    }
}
