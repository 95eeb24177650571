using System.Runtime.InteropServices;

namespace QLearning.Learning.QTables;

/// <summary>
/// One Q-value in 32 bytes, so that the entries of a state lie in one array and two of them share a cache line. Confidence and
/// uncertainty are kept in ten-thousandths, the precision of their columns.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PackedEntry
{
    public const int Scale = 10_000;

    /// <summary>The decimals of <c>numeric(12,6)</c>.</summary>
    public const int Decimals = 6;

    private const int FlagBits = 8;

    // Half of the last digit of numeric(12,6), and what a double near a million may be off.
    private const double MaxRounding = 0.5e-6 + 1e-9;

    private const double StartConfidence = 0.5;
    private const int StartScore = Scale / 2;
    private const int ScoreStep = Scale / 100;

    public double Q;
    public long RowId;
    public int Visits;
    private uint _actionAndFlags;
    public uint ExpirySeconds;
    public ushort ConfidenceScaled;
    public ushort UncertaintyScaled;

    public PackedEntry(int actionIndex)
    {
        _actionAndFlags = (uint)actionIndex << FlagBits;
    }

    public readonly int ActionIndex => (int)(_actionAndFlags >> FlagBits);

    public readonly double Confidence => ConfidenceScaled / (double)Scale;

    public readonly double Uncertainty => UncertaintyScaled / (double)Scale;

    /// <summary>True when memory holds something that the database does not hold for sure.</summary>
    public readonly bool IsBusy => Has(EntryFlags.Dirty) || Has(EntryFlags.InFlight);

    /// <summary>By what ties of Q-values are broken: as <c>get_best_action</c> does, no confidence is less than any.</summary>
    public readonly int TieScore => Has(EntryFlags.NoConfidence) ? -1 : ConfidenceScaled;

    /// <summary>A score in ten-thousandths; NaN, which PostgreSQL has above all numbers, is the highest.</summary>
    public static ushort ToScore(double score) => double.IsNaN(score) ? (ushort)Scale : (ushort)Math.Round(Math.Clamp(score, 0, 1) * Scale);

    public readonly bool Has(EntryFlags flag) => (_actionAndFlags & (uint)flag) != 0;

    public void Raise(EntryFlags flag) => _actionAndFlags |= (uint)flag;

    public void Lower(EntryFlags flag) => _actionAndFlags &= ~(uint)flag;

    /// <summary>Gives the same action another description.</summary>
    public void Describe(int actionIndex) => _actionAndFlags = ((uint)actionIndex << FlagBits) | (_actionAndFlags & ((1u << FlagBits) - 1));

    public readonly bool IsExpired(uint now) => ExpirySeconds != Expiry.Never && ExpirySeconds <= now;

    /// <summary>Takes what the database holds; flags and action stay, and so do digits that it has rounded away.</summary>
    public void Take(in StoredQValue stored)
    {
        Q = Math.Abs(Q - stored.Value) > MaxRounding ? stored.Value : Q;
        (RowId, Visits) = (stored.RowId, stored.VisitCount);
        (ConfidenceScaled, UncertaintyScaled) = (ToScore(stored.Confidence ?? StartConfidence), ToScore(stored.Uncertainty));
        Put(EntryFlags.NoConfidence, stored.Confidence is null);
        ExpirySeconds = Expiry.From(stored.ExpiresAt);
    }

    /// <summary>The database has the row no longer: the entry counts as expired long ago, and a next update inserts it anew.</summary>
    public void Vanish() => (Q, RowId, Visits, ExpirySeconds) = (0, 0, 0, 1);

    /// <summary>The values that an insert by <c>upsert_q_value</c> gives.</summary>
    public void Start(double value)
    {
        (Q, Visits) = (value, 1);
        (ConfidenceScaled, UncertaintyScaled) = (StartScore, StartScore);
        Lower(EntryFlags.NoConfidence);
    }

    /// <summary>The values that an update by <c>upsert_q_value</c> gives.</summary>
    public void Visit(double value)
    {
        Q = value;
        Visits = Visits == int.MaxValue ? int.MaxValue : Visits + 1;
        ConfidenceScaled = (ushort)Math.Min(ConfidenceScaled + ScoreStep, Scale);
        UncertaintyScaled = (ushort)Math.Max(UncertaintyScaled - ScoreStep, 0);
        Lower(EntryFlags.NoConfidence);
    }

    /// <summary>
    /// Whether this Q-value comes before another one of its state: as <c>numeric(12,6)</c> compares them, then by confidence.
    /// </summary>
    /// <returns>Above 0: it does; below 0: the other does; 0: neither.</returns>
    public readonly int CompareTo(in PackedEntry other)
    {
        // What differs by more than rounding can take away needs no rounding.
        if (Math.Abs(Q - other.Q) > 2 * MaxRounding)
        {
            return Q > other.Q ? 1 : -1;
        }

        var (value, otherValue) = (Math.Round(Q, Decimals), Math.Round(other.Q, Decimals));
        return value != otherValue ? value.CompareTo(otherValue) : TieScore.CompareTo(other.TieScore);
    }

    private void Put(EntryFlags flag, bool isSet)
    {
        if (isSet)
        {
            Raise(flag);
        }
        else
        {
            Lower(flag);
        }
    }
}
