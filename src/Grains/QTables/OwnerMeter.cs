using QLearning.Abstractions;
using QLearning.Learning.QTables;
using QLearning.Learning.Rules;

namespace QLearning.Grains.QTables;

/// <summary>
/// Counts what the owner of a partition does, in the turns of its grain. Histograms cost a hundred nanoseconds a value: reads from memory
/// and errors of updates are sampled for them.
/// </summary>
/// <param name="instruments">Where it is collected.</param>
/// <param name="tag">The agent type.</param>
/// <param name="table">What is in memory.</param>
internal sealed class OwnerMeter(QTableInstruments instruments, KeyValuePair<string, object?> tag, QTable table) : IDisposable
{
    // Powers of two: a look at some bits says whether it is the turn of one.
    private const int TimedReads = 64;
    private const int NotedErrors = 16;

    private long _reads;
    private long _errors;

    /// <summary>The agent type.</summary>
    public KeyValuePair<string, object?> Tag => tag;

    /// <summary>What was counted.</summary>
    public OwnerCounts Counts { get; } = new();

    /// <summary>States in memory.</summary>
    public int States => table.StateCount;

    /// <summary>Q-values in memory.</summary>
    public int QValues => table.QValueCount;

    /// <summary>Whether the next read from memory is to be timed.</summary>
    public bool IsTimed() => (_reads++ & (TimedReads - 1)) == 0;

    /// <summary>Notes how long a read took.</summary>
    /// <param name="duration">How long.</param>
    /// <param name="isFromDatabase">Whether it waited for PostgreSQL.</param>
    public void Timed(TimeSpan duration, bool isFromDatabase) => instruments.Read(duration, isFromDatabase);

    /// <summary>Reads of states that another partition owns.</summary>
    public void Elsewhere(ReadKind kind, int states)
    {
        switch (kind)
        {
            case ReadKind.BestAction:
                Counts.BestElsewhere += states;
                break;
            case ReadKind.Selection:
                Counts.SelectionsElsewhere += states;
                break;
            default:
                break;
        }
    }

    /// <summary>Updates that were learned.</summary>
    public void Learned(UpdateGroup group, LearningRule rule, bool isDurable, ReadOnlySpan<Update> updates)
    {
        Counts.Updates(OwnerCounts.RuleOf(group, rule), isDurable ? 1 : 0) += updates.Length;
        foreach (var transition in group.Transitions)
        {
            Reward(transition.Reward);
        }

        foreach (var late in group.Rewards)
        {
            Reward(late.Reward);
        }

        for (var i = 0; group.Upserts.Length == 0 && i < updates.Length; i++)
        {
            if ((_errors++ & (NotedErrors - 1)) == 0)
            {
                instruments.TdError(Math.Abs(updates[i].TdError), tag);
            }
        }
    }

    /// <summary>Updates that were refused.</summary>
    public void Refused(QLearningException error, int updates) => Counts.Refused((int)RefusalReasons.Of(error)) += updates;

    /// <summary>The owner is no more; what it has done stays counted.</summary>
    public void Dispose() => instruments.End(this);

    private void Reward(double reward)
    {
        if (reward >= 0)
        {
            Counts.RewardsUp += reward;
        }
        else
        {
            Counts.RewardsDown -= reward;
        }
    }
}
