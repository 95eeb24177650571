using System.Globalization;
using QLearning.Storage.WriteBehind;

namespace QLearning.Storage.Tests.WriteBehind.Told;

/// <summary>A case, all of it drawn from its seed.</summary>
internal sealed class ToldPlan
{
    private const int LargeState = 40_000;
    private static readonly string[] _marks = ["update q_table_owners", "mine as (select b.owner", CuttingProxy.Commit];
    private readonly Random _random;

    public ToldPlan(int seed)
    {
        Seed = seed;
        _random = new Random(seed);
        (Types, Partitions, Rounds, MostRows) = (_random.Next(1, 4), _random.Next(1, 3), _random.Next(1, 4), _random.Next(3, 13));
        Refused = OneOf(0, 0, 0.04, 0.2);
        Statement = new WriteSize(OneOf(1, 2, 5, 9, 10_000), OneOf(400, 1500, 4000, 10_000_000));
        Options = new WriteBehindOptions
        {
            MinRetryDelay = TimeSpan.FromMilliseconds(1),
            MaxRetryDelay = TimeSpan.FromMilliseconds(5),
            MaxRowsPerTransaction = OneOf(8, 1000, 1000, 1000),
            MaxBytesPerTransaction = 1 << 20,
        };
        // Such statements are made smaller by the lane itself.
        StateJson = _random.Next(12) == 0 ? $"\"{new string('s', LargeState)}\"" : "1";
        Statement = StateJson.Length > 1 ? new WriteSize(10_000, 10_000_000) : Statement;
        IsFencedFirst = OneOf(0, 0.1, 0.4);
        IsCalm = _random.Next(3) == 0;
        HasTimeLimit = !IsCalm && _random.Next(2) == 0;
        Mark = OneOf(_marks);
        Troubles = IsCalm ? [] : [.. Enumerable.Range(0, _random.Next(4)).Select(_ => DrawTrouble())];
        Events = [.. Enumerable.Range(0, _random.Next(5)).Select(_ => DrawEvent())];
    }

    public int Seed { get; }

    public int Types { get; }

    public int Partitions { get; }

    public int Rounds { get; }

    public int MostRows { get; }

    /// <summary>The share of states that PostgreSQL refuses.</summary>
    public double Refused { get; }

    /// <summary>The most that a statement may write.</summary>
    public WriteSize Statement { get; }

    public WriteBehindOptions Options { get; }

    public string StateJson { get; }

    /// <summary>The share of owners that lose their rows just as they hand in a flush.</summary>
    public double IsFencedFirst { get; }

    /// <summary>Whether nothing happens but that rows are refused and owners lose theirs.</summary>
    public bool IsCalm { get; }

    /// <summary>Whether statements may take only so long.</summary>
    public bool HasTimeLimit { get; }

    /// <summary>Which statements' connections are cut.</summary>
    public string Mark { get; }

    public RowTrouble[] Troubles { get; }

    public PlannedEvent[] Events { get; }

    public bool HasCuts => Events.Any(happens => happens.Kind is CaseEvent.CutRequest or CaseEvent.CutAnswer or CaseEvent.HoldRequest);

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"seed {Seed}: {Types} types, {Partitions} partitions, {Rounds} rounds, statements of {Statement}, "
        + $"transactions of {Options.MaxRowsPerTransaction} rows, states of {StateJson.Length} bytes, cuts at '{Mark.TrimEnd('\0')}', "
        + $"time limit {HasTimeLimit}\n{string.Join("\n", Troubles)}\n{string.Join("\n", Events)}");

    private T OneOf<T>(params T[] choices) => choices[_random.Next(choices.Length)];

    private RowTrouble DrawTrouble()
    {
        var kind = HasTimeLimit && _random.Next(3) == 0 ? RowTroubles.Slow : OneOf(RowTroubles.Kinds);
        // No limit of the server holds at a commit, only that of Npgsql, which is longer.
        return new RowTrouble(_random.Next(kind == RowTroubles.Slow ? 10 : 3) == 0, _random.Next(1, 50), kind);
    }

    private PlannedEvent DrawEvent()
    {
        var kind = IsCalm ? (CaseEvent)_random.Next((int)CaseEvent.CutRequest) : (CaseEvent)_random.Next((int)CaseEvent.Stop + 1);
        // It takes as long as lock_timeout, or as statement_timeout if there is one.
        kind = kind == CaseEvent.LongLock && !HasTimeLimit && _random.Next(10) > 0 ? CaseEvent.Lock : kind;
        // A later one would be held together with the locks of those before it, and of a large one only a piece.
        kind = kind is not (CaseEvent.CutRequest or CaseEvent.HoldRequest) ? kind
            : Mark == _marks[0] && StateJson.Length == 1 ? CaseEvent.HoldRequest
            : CaseEvent.CutRequest;
        return new PlannedEvent(_random.Next(12), kind, _random.Next(1000));
    }
}
