namespace QLearning.Learning.Updates;

/// <summary>One client of a Q-table: which of its numbered updates the table has learned, and which of those are stored.</summary>
/// <param name="id">The client's id.</param>
/// <param name="stored">The numbers that are stored.</param>
internal sealed class NumberedClient(Guid id, SequenceWindow stored)
{
    public Guid Id { get; } = id;

    /// <summary>The numbers that were learned, stored or not.</summary>
    public SequenceWindow Learned { get; } = stored.Copy();

    /// <summary>The numbers that are stored with their Q-values.</summary>
    public SequenceWindow Stored { get; set; } = stored;

    /// <summary>It has said that it sends no lower number again; what it gave up is among those, and may not have been learned.</summary>
    public long SettledBelow { get; set; } = 1;

    /// <summary>How many learned numbers are not stored.</summary>
    public int UnstoredCount { get; set; }

    /// <summary>A learned number counts as stored.</summary>
    public void MarkStored(long number)
    {
        Stored.Add(number);
        UnstoredCount--;
    }

    /// <summary>When it was heard last, in seconds that the coarse clock is up.</summary>
    public uint HeardSeconds { get; set; }
}
