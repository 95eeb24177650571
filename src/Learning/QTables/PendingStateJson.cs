using System.Text;

namespace QLearning.Learning.QTables;

/// <summary>
/// The JSON of states whose entries wait to be stored. Nearly always all entries of a state were given the same, which its row keeps
/// (<see cref="QRow.PendingJson"/>); an entry that was given another one has it here, as <c>state_data</c> belongs to its row of
/// <c>q_values</c>.
/// </summary>
internal sealed class PendingStateJson
{
    // By row, so that all of one is dropped at once. A field of the row would cost its bytes for each state in memory.
    private readonly Dictionary<QRow, Dictionary<int, string>> _others = [];

    /// <summary>How many bytes all of it takes in UTF-8.</summary>
    public long Bytes { get; private set; }

    public static int BytesOf(string? json) => json is null ? 0 : Encoding.UTF8.GetByteCount(json);

    /// <summary>The JSON that goes to the database with an entry; null: none was given.</summary>
    public string? Of(EntryRef place) => OtherOf(place) ?? place.Row.PendingJson;

    /// <summary>The entry's own JSON, where its state was described otherwise; null: that of the row holds.</summary>
    public string? OtherOf(EntryRef place) =>
        _others.Count > 0 && _others.TryGetValue(place.Row, out var ofRow) ? ofRow.GetValueOrDefault(place.Index) : null;

    /// <summary>Takes what an entry was given to be inserted with; null: nothing, and what it has holds.</summary>
    public void Describe(EntryRef place, string? json)
    {
        if (json is null)
        {
            return;
        }

        var row = place.Row;
        var isSame = json == row.PendingJson;
        var isOther = !isSame && row.PendingJson is not null && row.Count > 1;
        if (!isSame && !isOther)
        {
            Put(row, json);
        }

        PutOther(place, isOther ? json : null);
    }

    /// <summary>Sets the JSON of all entries of a row that have none of their own.</summary>
    public void Put(QRow row, string? json)
    {
        if (!ReferenceEquals(row.PendingJson, json))
        {
            Bytes += BytesOf(json) - BytesOf(row.PendingJson);
            row.PendingJson = json;
        }
    }

    /// <summary>Sets an entry's own JSON; null: that of the row holds.</summary>
    public void PutOther(EntryRef place, string? json)
    {
        var before = OtherOf(place);
        if (ReferenceEquals(before, json))
        {
            return;
        }

        Bytes += BytesOf(json) - BytesOf(before);
        if (json is not null)
        {
            if (!_others.TryGetValue(place.Row, out var ofRow))
            {
                _others.Add(place.Row, ofRow = []);
            }

            ofRow[place.Index] = json;
        }
        else if (_others[place.Row] is var ofRow && ofRow.Remove(place.Index) && ofRow.Count == 0)
        {
            _others.Remove(place.Row);
        }
    }

    /// <summary>Drops all of a row, of which nothing waits any more.</summary>
    public void Drop(QRow row)
    {
        Put(row, null);
        if (_others.Remove(row, out var ofRow))
        {
            Bytes -= ofRow.Values.Sum(json => (long)BytesOf(json));
        }
    }
}
