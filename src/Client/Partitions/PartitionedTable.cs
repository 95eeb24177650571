using QLearning.Abstractions;

namespace QLearning.Client.Partitions;

/// <summary>
/// The grains that own an agent type's Q-table. How the table is split is asked now and then, and when a grain refuses a call; until it is
/// known every call goes to part 0, which asks the owners. Safe for several threads.
/// </summary>
internal sealed class PartitionedTable
{
    private static readonly TimeSpan _askInterval = TimeSpan.FromSeconds(5);

    private readonly Func<int, IAgentTypeGrain> _grain;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private volatile IAgentTypeGrain[] _grains;
    private long _askedAt;
    private int _isAsking;

    /// <summary>A table of which nothing is known yet.</summary>
    /// <param name="grain">The grain of a part.</param>
    /// <param name="time">The clock.</param>
    public PartitionedTable(Func<int, IAgentTypeGrain> grain, TimeProvider time)
    {
        (_grain, _time) = (grain, time);
        _grains = [grain(0)];
        _askedAt = time.GetTimestamp() - (long)(_askInterval.TotalSeconds * time.TimestampFrequency);
    }

    /// <summary>Told, before anybody is sent there, that the table is split otherwise.</summary>
    public Action<IAgentTypeGrain[]>? Changing { get; set; }

    /// <summary>The owners of the parts, part 0 first.</summary>
    public IAgentTypeGrain[] Owners
    {
        get
        {
            if (_time.GetElapsedTime(Volatile.Read(ref _askedAt)) >= _askInterval)
            {
                Ask();
            }

            return _grains;
        }
    }

    /// <summary>The grain that takes any call.</summary>
    public IAgentTypeGrain Entry => _grains[0];

    /// <summary>The owner of a state.</summary>
    public IAgentTypeGrain Owner(StateKey state)
    {
        var owners = Owners;
        return owners[TablePartition.IndexOf(state, owners.Length)];
    }

    /// <summary>Notes into how many parts the table is split.</summary>
    public void Note(int count)
    {
        // A silo of before knows nothing of parts and says 0.
        if (count == _grains.Length || count < 1)
        {
            return;
        }

        lock (_gate)
        {
            if (count != _grains.Length)
            {
                IAgentTypeGrain[] grains = [.. Enumerable.Range(0, count).Select(_grain)];
                Changing?.Invoke(grains);
                _grains = grains;
            }
        }
    }

    /// <summary>Asks how the table is split: a grain has refused what it did not own.</summary>
    public void Ask()
    {
        if (Interlocked.Exchange(ref _isAsking, 1) == 0)
        {
            Volatile.Write(ref _askedAt, _time.GetTimestamp());
            _ = AskAsync();
        }
    }

    private async Task AskAsync()
    {
        try
        {
            Note((await Entry.GetDurability()).Partitions);
        }
        catch (Exception error) when (error is QLearningException or OrleansException or TimeoutException)
        {
            // Nobody waits for this; the calls of callers meet the same and tell them.
        }
        finally
        {
            Volatile.Write(ref _isAsking, 0);
        }
    }
}
