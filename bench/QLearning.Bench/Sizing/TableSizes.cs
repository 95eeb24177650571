using Npgsql;
using QLearning.Storage.Sizing;

namespace QLearning.Bench.Sizing;

/// <summary>A table's rows and bytes.</summary>
/// <param name="Rows">Its rows, counted.</param>
/// <param name="Bytes">Its size with indexes.</param>
internal readonly record struct TableSize(long Rows, long Bytes);

/// <summary>Reads how large the tables are of which <see cref="RowSizes"/> knows something.</summary>
internal static class TableSizes
{
    /// <summary>Rows that wait in a GIN index' list, and pages that are not counted yet, go where they belong first.</summary>
    public static async Task<Dictionary<string, TableSize>> ReadAsync(
        NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        var sizes = new Dictionary<string, TableSize>();
        foreach (var table in RowSizes.Of.Keys)
        {
            await using var vacuum = database.CreateCommand($"vacuum {table}");
            await vacuum.ExecuteNonQueryAsync(cancellationToken);
            await using var command = database.CreateCommand($"select count(*), pg_total_relation_size('{table}') from {table}");
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            await reader.ReadAsync(cancellationToken);
            sizes[table] = new TableSize(reader.GetInt64(0), reader.GetInt64(1));
        }

        return sizes;
    }
}
