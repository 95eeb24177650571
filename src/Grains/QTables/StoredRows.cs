using QLearning.Learning.QTables;
using QLearning.Storage.QTables;

namespace QLearning.Grains.QTables;

/// <summary>Rows of storage as rows of learning, which do not know each other.</summary>
internal static class StoredRows
{
    public static StoredQValue ToLearning(in QValueRow row) => new(
        row.RowId, row.State, row.Action, row.ActionJson, row.Value, row.VisitCount, row.Confidence, row.Uncertainty, row.ExpiresAt);
}
