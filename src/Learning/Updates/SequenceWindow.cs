namespace QLearning.Learning.Updates;

/// <summary>
/// Which of one client's numbered updates have taken effect: all up to a floor, and some above it. Numbers may arrive in any order; the
/// window stays small because the client says below which number it will send nothing again.
/// </summary>
public sealed class SequenceWindow
{
    private readonly HashSet<long> _above;

    /// <summary>A window as it was stored; without arguments an empty one.</summary>
    /// <param name="floor">Every number up to it counts as seen, 0 or more.</param>
    /// <param name="above">Numbers seen above the floor.</param>
    public SequenceWindow(long floor = 0, IEnumerable<long>? above = null)
    {
        Floor = floor;
        _above = [.. (above ?? []).Where(sequence => sequence > floor)];
        Absorb();
    }

    /// <summary>Every number up to it counts as seen.</summary>
    public long Floor { get; private set; }

    /// <summary>The numbers seen above the floor, in no order.</summary>
    public IReadOnlyCollection<long> Above => _above;

    /// <summary>Whether a number was seen, or is settled.</summary>
    public bool Contains(long sequence) => sequence <= Floor || _above.Contains(sequence);

    /// <summary>Notes a number.</summary>
    public void Add(long sequence)
    {
        if (sequence > Floor)
        {
            _above.Add(sequence);
            Absorb();
        }
    }

    /// <summary>Notes that no number below this one will be sent again.</summary>
    public void Settle(long below)
    {
        if (below - 1 <= Floor)
        {
            return;
        }

        Floor = below - 1;
        if (_above.Count > 0)
        {
            _above.RemoveWhere(sequence => sequence <= Floor);
            Absorb();
        }
    }

    private void Absorb()
    {
        while (_above.Count > 0 && _above.Remove(Floor + 1))
        {
            Floor++;
        }
    }
}
