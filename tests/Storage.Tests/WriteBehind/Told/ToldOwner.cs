using QLearning.Storage.QTables;
using QLearning.Storage.WriteBehind;

namespace QLearning.Storage.Tests.WriteBehind.Told;

/// <summary>
/// An owner of a partition, as a grain is one: it keeps Q-values, the numbers of their updates and late rewards, hands them in, and
/// believes what it is told.
/// </summary>
/// <param name="part">What it owns.</param>
/// <param name="taken">Its ownership.</param>
/// <param name="stored">What the tables hold as it begins.</param>
/// <param name="number">Its number in the case: no value is that of two owners.</param>
/// <param name="random">What it learns.</param>
internal sealed class ToldOwner(ToldPart part, OwnershipTaken taken, OwnerRows stored, int number, Random random)
{
    private const int ValuesPerOwner = 1000;
    private readonly Dictionary<string, HotRow> _rows = stored.Values.ToDictionary(
        value => value.Key, value => new HotRow { RowId = value.Value.RowId, Visits = value.Value.Visits });

    private int _values;
    private long _watermark;

    public ToldPart Part => part;

    public int Number => number;

    /// <summary>What the tables hold of it.</summary>
    public OwnerRows Stored { get; private set; } = stored;

    /// <summary>What the tables held when another took the rows, or nobody had them any more; null: it owns them.</summary>
    public OwnerRows? AtFence { get; set; }

    /// <summary>Whether it was told that it is fenced.</summary>
    public bool IsOver { get; private set; }

    /// <summary>The number of its newest flush that it knows to be stored.</summary>
    public long Committed { get; private set; }

    /// <summary>Another program deletes or moves a row.</summary>
    public void Forget(string state) => Stored = Stored.Without(state);

    /// <summary>Learns, and says what there is to write.</summary>
    /// <param name="most">The most Q-values.</param>
    /// <param name="stateJson">The JSON of new states.</param>
    public ToldFlush Next(int most, string stateJson)
    {
        var states = part.AllStates.ToArray();
        random.Shuffle(states);
        HotRow[] rows = [.. states.Take(random.Next(most + 1)).Select(Learn)];
        var batch = new QTableBatch(part.Key, taken.Epoch!.Value, ++_watermark, [.. rows.Select(row => row.ToChange(stateJson))])
        {
            OwnerId = taken.OwnerId,
            After = Committed,
            Rewards = [.. rows.SelectMany(row => row.Rewards)],
        };
        return new ToldFlush(this, rows, batch, knowsAll: random.Next(4) > 0);
    }

    /// <summary>Takes in what it was told, which has been found right.</summary>
    public void End(ToldFlush flush, FlushOutcome told, OwnerRows actual)
    {
        Stored = actual;
        IsOver = told.Status is FlushStatus.Fenced or FlushStatus.Abandoned;
        if (told.Status != FlushStatus.Written)
        {
            return;
        }

        Committed = flush.Batch.Watermark;
        for (var i = 0; i < flush.Rows.Count; i++)
        {
            if (!told.LeftOut.Contains(i))
            {
                flush.Rows[i].RowId = told.RowIds.TryGetValue(i, out var id) ? id : flush.Rows[i].RowId;
                flush.Rows[i].Numbers.Clear();
                flush.Rows[i].Rewards.Clear();
            }
        }
    }

    private HotRow Learn(string state)
    {
        if (!_rows.TryGetValue(state, out var row))
        {
            _rows[state] = row = new HotRow();
        }

        row.State = state;
        row.Visits++;
        row.Value = (number * ValuesPerOwner) + ++_values;
        row.Numbers.AddRange(Enumerable.Range(0, random.Next(3)).Select(_ => part.NextNumber(random)));
        if (random.Next(4) == 0)
        {
            row.Rewards.Add(new RewardWrite(
                ToldPart.NextGuid(random), null, null, StateKey.Parse(state), HotRow.Action, row.Value,
                random.Next(20) == 0 ? ToldFlush.RefusedSource : null, DateTimeOffset.UnixEpoch));
        }

        return row;
    }
}
