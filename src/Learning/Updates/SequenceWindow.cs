namespace QLearning.Learning.Updates;

/// <summary>
/// Which of one client's numbered updates have taken effect: all up to a floor, and some above it. Numbers may arrive in any order; the
/// window stays small because it keeps runs of numbers, not each number, and because the client says below which number it will send
/// nothing again.
/// </summary>
public sealed class SequenceWindow
{
    // Runs above the floor, ascending, never touching each other or the floor. Nearly always none or one: clients send in order.
    private readonly List<Run> _runs = [];

    /// <summary>A window as it was stored; without arguments an empty one.</summary>
    /// <param name="floor">Every number up to it counts as seen, 0 or more.</param>
    /// <param name="above">Numbers seen above the floor.</param>
    public SequenceWindow(long floor = 0, IEnumerable<long>? above = null)
    {
        Floor = floor;
        foreach (var sequence in above ?? [])
        {
            Add(sequence);
        }
    }

    private SequenceWindow(SequenceWindow other)
    {
        Floor = other.Floor;
        _runs.AddRange(other._runs);
        AboveCount = other.AboveCount;
    }

    /// <summary>Every number up to it counts as seen.</summary>
    public long Floor { get; private set; }

    /// <summary>How many numbers were seen above the floor.</summary>
    public long AboveCount { get; private set; }

    /// <summary>The numbers seen above the floor, ascending.</summary>
    public IEnumerable<long> Above
    {
        get
        {
            foreach (var run in _runs)
            {
                for (var sequence = run.First; sequence <= run.Last; sequence++)
                {
                    yield return sequence;
                }
            }
        }
    }

    /// <summary>The highest number that was seen or is settled.</summary>
    public long Highest => _runs.Count > 0 ? _runs[^1].Last : Floor;

    /// <summary>Whether a number was seen, or is settled.</summary>
    public bool Contains(long sequence) =>
        sequence <= Floor || (sequence <= Highest && FirstEndingAt(sequence) is var at && at < _runs.Count && _runs[at].First <= sequence);

    /// <summary>Notes a number.</summary>
    public void Add(long sequence)
    {
        if (sequence <= Floor)
        {
            return;
        }

        // The first run that the number is in, or touches at its end, or that comes after it.
        var at = FirstEndingAt(sequence - 1);
        if (at == _runs.Count || _runs[at].First > sequence + 1)
        {
            _runs.Insert(at, new Run(sequence, sequence));
            AboveCount++;
        }
        else if (sequence < _runs[at].First || sequence > _runs[at].Last)
        {
            _runs[at] = new Run(Math.Min(_runs[at].First, sequence), Math.Max(_runs[at].Last, sequence));
            AboveCount++;
            if (at + 1 < _runs.Count && _runs[at + 1].First == sequence + 1)
            {
                _runs[at] = _runs[at] with { Last = _runs[at + 1].Last };
                _runs.RemoveAt(at + 1);
            }
        }

        Absorb();
    }

    /// <summary>Notes that no number below this one will be sent again.</summary>
    public void Settle(long below)
    {
        if (below - 1 <= Floor)
        {
            return;
        }

        Floor = below - 1;
        var gone = FirstEndingAt(below);
        foreach (var run in _runs[..gone])
        {
            AboveCount -= run.Count;
        }

        _runs.RemoveRange(0, gone);
        if (_runs.Count > 0 && _runs[0].First <= Floor)
        {
            AboveCount -= Floor + 1 - _runs[0].First;
            _runs[0] = _runs[0] with { First = below };
        }

        Absorb();
    }

    /// <summary>A window that has seen the same.</summary>
    internal SequenceWindow Copy() => new(this);

    private void Absorb()
    {
        if (_runs.Count > 0 && _runs[0].First == Floor + 1)
        {
            Floor = _runs[0].Last;
            AboveCount -= _runs[0].Count;
            _runs.RemoveAt(0);
        }
    }

    /// <summary>The place of the first run that ends at a number or after it.</summary>
    private int FirstEndingAt(long sequence)
    {
        var (low, high) = (0, _runs.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = _runs[middle].Last < sequence ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    private readonly record struct Run(long First, long Last)
    {
        public long Count => Last - First + 1;
    }
}
