using QLearning.Abstractions;

namespace QLearning.Client.Updates;

/// <summary>One batch of updates from its first sending until it is settled.</summary>
internal sealed class SentUpdates(long sequence, Transition[] transitions, QValueUpsert[] upserts, WriteMode mode)
{
    public long Sequence { get; } = sequence;

    public Transition[] Transitions { get; } = transitions;

    public QValueUpsert[] Upserts { get; } = upserts;

    public WriteMode Mode { get; } = mode;

    /// <summary>Some of its updates, under the same number.</summary>
    public SentUpdates Part(Transition[] transitions, QValueUpsert[] upserts) => new(Sequence, transitions, upserts, Mode);

    public int Count => Transitions.Length + Upserts.Length;

    /// <summary>The activation that acknowledged it; 0: none has.</summary>
    public long Epoch { get; set; }

    /// <summary>The flush that makes it durable.</summary>
    public long Version { get; set; }

    /// <summary>Its place among those that are not settled; null once it is durable, refused or given up: it is never sent again.</summary>
    public LinkedListNode<SentUpdates>? Place { get; set; }

    /// <summary>True once it is never sent again.</summary>
    public bool IsSettled => Place is null;
}
