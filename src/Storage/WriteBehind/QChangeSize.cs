using System.Text;
using QLearning.Abstractions;

namespace QLearning.Storage.WriteBehind;

/// <summary>How much a Q-value adds to the statement that writes it.</summary>
internal static class QChangeSize
{
    private const int BytesOfNumbers = 80;
    private const int BytesOfKeys = 128;

    /// <summary>The bytes that are sent for it, about: the JSON of a row to insert counts by its length in UTF-8.</summary>
    public static long ByteCount(in this QChange change) => change.RowId != 0
        ? BytesOfNumbers + BytesOfKeys
        : BytesOfNumbers + BytesOfKeys + Encoding.UTF8.GetByteCount(change.StateJson ?? "") + Encoding.UTF8.GetByteCount(change.ActionJson);
}
