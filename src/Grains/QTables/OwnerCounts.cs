using QLearning.Abstractions;

namespace QLearning.Grains.QTables;

/// <summary>
/// What the owner of a partition has done. Plain fields, which only the turns of its grain write: a read costs one addition to memory that
/// it uses anyway, where a counter of .NET would cost more than the look-up itself. Whoever collects metrics reads them from another
/// thread, and may see each a moment late.
/// </summary>
internal sealed class OwnerCounts
{
    // The learning rules by their values, then what is not learned by one.
    private const int Rules = 5;
    private const int Modes = 2;

    private readonly long[] _updates = new long[Rules * Modes];
    private readonly long[] _refused = new long[RefusalReasons.Names.Count];

    public long BestHits;
    public long BestMisses;
    public long BestElsewhere;
    public long SelectionHits;
    public long SelectionMisses;
    public long SelectionsElsewhere;
    public long Explored;
    public long Repeated;
    public long Loaded;
    public long Evicted;
    public double RewardsUp;
    public double RewardsDown;

    /// <summary>The values of the tag <c>rule</c>.</summary>
    public static IReadOnlyList<string> RuleNames { get; } = ["q_learning", "sarsa", "expected_sarsa", "upsert", "late_reward"];

    /// <summary>The values of the tag <c>mode</c>.</summary>
    public static IReadOnlyList<string> ModeNames { get; } = ["write_behind", "durable"];

    /// <summary>Which rule a group is learned by.</summary>
    public static int RuleOf(UpdateGroup group, LearningRule rule) =>
        group.Transitions.Length > 0 ? (int)rule : group.Upserts.Length > 0 ? 3 : 4;

    public ref long Updates(int rule, int mode) => ref _updates[(rule * Modes) + mode];

    public ref long Refused(int reason) => ref _refused[reason];

    /// <summary>Adds what another owner has done.</summary>
    public void Add(OwnerCounts other)
    {
        BestHits += other.BestHits;
        BestMisses += other.BestMisses;
        BestElsewhere += other.BestElsewhere;
        SelectionHits += other.SelectionHits;
        SelectionMisses += other.SelectionMisses;
        SelectionsElsewhere += other.SelectionsElsewhere;
        Explored += other.Explored;
        Repeated += other.Repeated;
        Loaded += other.Loaded;
        Evicted += other.Evicted;
        RewardsUp += other.RewardsUp;
        RewardsDown += other.RewardsDown;
        for (var i = 0; i < _updates.Length; i++)
        {
            _updates[i] += other._updates[i];
        }

        for (var i = 0; i < _refused.Length; i++)
        {
            _refused[i] += other._refused[i];
        }
    }
}
