using System.Text;
using QLearning.Abstractions;

namespace QLearning.Storage.WriteBehind;

/// <summary>One Q-value to be written: an absolute image of the row, so that writing it twice does no harm.</summary>
/// <param name="RowId"><c>q_value_id</c> of a known row, or 0 for a row to insert.</param>
/// <param name="State">The state's key.</param>
/// <param name="StateJson">The state's JSON for an insert; null: taken from another row of the state, else the key.</param>
/// <param name="Action">The action's key.</param>
/// <param name="ActionJson">The action's JSON.</param>
/// <param name="Value">The Q-value.</param>
/// <param name="VisitCount">Visits.</param>
/// <param name="Confidence">0 to 1.</param>
/// <param name="Uncertainty">0 to 1.</param>
/// <param name="ExpiresAt">The new expiry, or null to leave that of a known row alone.</param>
/// <param name="KnownExpiry">The expiry of a known row that was deleted meanwhile and is inserted again; null: it lives for ever.</param>
public readonly record struct QValueWrite(
    long RowId,
    StateKey State,
    string? StateJson,
    ActionKey Action,
    string ActionJson,
    double Value,
    int VisitCount,
    double Confidence,
    double Uncertainty,
    DateTimeOffset? ExpiresAt,
    DateTimeOffset? KnownExpiry = null)
{
    private const int BytesOfNumbers = 80;
    private const int BytesOfKeys = 128;

    /// <summary>The bytes that are sent for it, about: the JSON of a row to insert counts by its length in UTF-8.</summary>
    public long ByteCount => RowId != 0
        ? BytesOfNumbers
        : BytesOfNumbers + BytesOfKeys + Encoding.UTF8.GetByteCount(StateJson ?? "") + Encoding.UTF8.GetByteCount(ActionJson);
}
