using System.Globalization;
using QLearning.Storage.WriteBehind;

namespace QLearning.Storage.Tests.WriteBehind.Told;

/// <summary>One flush of an owner, and whether what it was told of it is so.</summary>
internal sealed class ToldFlush
{
    /// <summary>Longer than its column.</summary>
    public static readonly string RefusedSource = new('x', 101);

    private readonly OwnerRows _before;
    private readonly IReadOnlySet<(Guid Client, long Number)> _known;
    private readonly (Guid Client, long Number)[][] _numbers;

    /// <summary>Makes it.</summary>
    /// <param name="owner">Whose.</param>
    /// <param name="rows">Its rows.</param>
    /// <param name="batch">The same, without windows.</param>
    /// <param name="knowsAll">Whether the windows have the numbers that are stored; else only the new ones.</param>
    public ToldFlush(ToldOwner owner, IReadOnlyList<HotRow> rows, QTableBatch batch, bool knowsAll)
    {
        _known = knowsAll ? owner.Stored.Numbers : OwnerRows.None.Numbers;
        (Owner, Rows, _before) = (owner, rows, owner.Stored);
        _numbers = [.. rows.Select(row => row.Numbers.ToArray())];
        Batch = batch with { Clients = Windows([]), ClientsWithout = Windows };
    }

    public ToldOwner Owner { get; }

    public IReadOnlyList<HotRow> Rows { get; }

    public QTableBatch Batch { get; }

    /// <summary>What it was told, once it was.</summary>
    public Task<FlushOutcome> Told { get; set; } = null!;

    /// <summary>What is wrong with what the owner was told; null: nothing.</summary>
    /// <param name="actual">What the tables hold.</param>
    /// <param name="doubt">What may be stored although nobody is told so.</param>
    /// <param name="can">What can have happened in this case.</param>
    public string? Error(OwnerRows actual, Doubt doubt, CanHappen can)
    {
        var told = Told.Result;
        var isWritten = told.Status == FlushStatus.Written;
        int[] left = isWritten ? [.. told.LeftOut] : doubt == Doubt.None ? All : [.. All.Where(i => !IsStored(i, actual))];
        return After(left).Difference(actual)
            ?? (!isWritten && doubt == Doubt.AllOrNothing && left.Length > 0 && left.Length < All.Length ? "is stored by halves" : null)
            ?? IllegalStatus(told, can)
            ?? IllegalLeftOut(told, can)
            ?? (isWritten ? WrongRowIds(told, actual, doubt) : null);
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"flush {Batch.Watermark} of owner {Owner.Number}, {Batch.Owner} with epoch {Batch.Epoch}, of {Describe()}: "
        + $"{(Told.IsCompletedSuccessfully ? DescribeTold(Told.Result) : "not told")}");

    private int[] All => [.. Enumerable.Range(0, Rows.Count)];

    private string Describe() => string.Join(", ", Batch.Writes.Select(write => $"{write.State}{(write.RowId == 0 ? " (new)" : "")}"));

    private static string DescribeTold(FlushOutcome told) =>
        $"{told.Status} without {string.Join(", ", told.LeftOut)} ({told.Error?.GetType().Name} {told.Error?.Message})";

    private bool IsStored(int index, OwnerRows actual) =>
        actual.Values.TryGetValue(Batch.Writes[index].State.ToString(), out var value) && value.Value == Batch.Writes[index].Value;

    private string? IllegalStatus(FlushOutcome told, CanHappen can) => told.Status switch
    {
        FlushStatus.Fenced when !can.BeFenced => "owns the rows",
        FlushStatus.Abandoned when !can.BeStopped => "the lane was not stopped",
        FlushStatus.Refused when !can.BeHeldUp && !can.BeFenced && told.LeftOut.Count != Rows.Count => "some of its rows are not refused",
        _ => null,
    };

    private string? IllegalLeftOut(FlushOutcome told, CanHappen can)
    {
        int[] refused = [.. All.Where(IsRefused)];
        return can.BeRefusedOnce || told.Status is FlushStatus.Fenced or FlushStatus.Abandoned ? null
            : told.LeftOut.Except(refused).Any() ? "rows were left out that nobody refuses"
            : told.Status == FlushStatus.Written && refused.Except(told.LeftOut).Any() ? "rows were taken that a trigger refuses"
            : null;
    }

    // What was learned from a late reward is not stored without its row.
    private bool IsRefused(int index) => ToldPart.IsRefused(Batch.Writes[index].State.ToString())
        || Batch.Rewards.Any(reward => reward.State == Batch.Writes[index].State && reward.Source is not null);

    private string? WrongRowIds(FlushOutcome told, OwnerRows actual, Doubt doubt)
    {
        if (told.RowIds.Keys.Intersect(told.LeftOut).Any())
        {
            return "has the id of a row that was left out";
        }

        // After a lost answer only the ids of rows without one are read again.
        int[] wrong = [.. All.Except(told.LeftOut).Where(i =>
            actual.Values[Batch.Writes[i].State.ToString()].RowId
                != (told.RowIds.TryGetValue(i, out var id) ? id : Batch.Writes[i].RowId)
            && (doubt == Doubt.None || Batch.Writes[i].RowId == 0))];
        return wrong.Length == 0 ? null : $"rows {string.Join(", ", wrong)} have other ids than told";
    }

    /// <summary>What the tables hold once it is stored without some Q-values.</summary>
    private OwnerRows After(int[] left)
    {
        var values = _before.Values.ToDictionary(StringComparer.Ordinal);
        var kept = All.Except(left).ToHashSet();
        foreach (var i in kept)
        {
            values[Batch.Writes[i].State.ToString()] = new StoredValue(0, Batch.Writes[i].Value, Batch.Writes[i].VisitCount);
        }

        var states = kept.Select(i => Batch.Writes[i].State).ToHashSet();
        return new OwnerRows(
            values,
            Numbers(_before.Numbers, left),
            _before.Rewards.Concat(Batch.Rewards.Where(reward => states.Contains(reward.State) && reward.Source is null)
                .Select(reward => (reward.Id, reward.Value))).ToHashSet());
    }

    private HashSet<(Guid Client, long Number)> Numbers(
        IReadOnlySet<(Guid Client, long Number)> known, IReadOnlyCollection<int> left) =>
        [.. known, .. All.Except(left).SelectMany(i => _numbers[i])];

    private ClientWindow[] Windows(IReadOnlyCollection<int> left) =>
    [
        .. Numbers(_known, left).GroupBy(number => number.Client, number => number.Number).Select(client =>
        {
            long[] numbers = [.. client.Order()];
            var floor = numbers.TakeWhile((number, index) => number == index + 1).Count();
            return new ClientWindow(client.Key, floor, numbers[floor..]);
        }),
    ];
}
