using System.Globalization;
using Npgsql;

namespace QLearning.Storage.Sql;

/// <summary>Reads the rows that a statement answers.</summary>
internal static class SqlRows
{
    public static async Task<List<T>> ReadAllAsync<T>(
        this NpgsqlCommand command, Func<NpgsqlDataReader, T> map, CancellationToken cancellationToken)
    {
        var rows = new List<T>();
        await command.ForEachAsync(reader => rows.Add(map(reader)), cancellationToken);
        return rows;
    }

    /// <summary>The first row; the default of <typeparamref name="T"/> when there is none.</summary>
    public static async Task<T?> ReadFirstAsync<T>(
        this NpgsqlCommand command, Func<NpgsqlDataReader, T> map, CancellationToken cancellationToken) =>
        (await command.ReadAllAsync(map, cancellationToken)).FirstOrDefault();

    /// <summary>Reads the rows of the second statement of two; the first answers what nobody needs.</summary>
    public static async Task<List<T>> ReadSecondAsync<T>(
        this NpgsqlBatch batch, Func<NpgsqlDataReader, T> map, CancellationToken cancellationToken)
    {
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.NextResultAsync(cancellationToken);
        var rows = new List<T>();
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(map(reader));
        }

        // It is committed after its last row: deferred constraints may refuse it only then.
        await reader.NextResultAsync(cancellationToken);
        return rows;
    }

    /// <summary>Shows each row while the others are still on their way.</summary>
    /// <returns>How many rows there were.</returns>
    public static async Task<int> ForEachAsync(
        this NpgsqlCommand command, Action<NpgsqlDataReader> onRow, CancellationToken cancellationToken)
    {
        var rows = 0;
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        for (; await reader.ReadAsync(cancellationToken); rows++)
        {
            onRow(reader);
        }

        // A statement that writes is committed after its last row: deferred constraints may refuse it only then.
        await reader.NextResultAsync(cancellationToken);
        return rows;
    }

    /// <summary>
    /// A <c>numeric</c> without a scale, selected as text: one beyond a <c>double</c> is the infinity of its sign or 0. PostgreSQL's own
    /// conversion refuses it, and with it all rows of the query.
    /// </summary>
    public static double GetNumber(this NpgsqlDataReader reader, int column) =>
        double.Parse(reader.GetString(column), NumberStyles.Float, CultureInfo.InvariantCulture);

    /// <summary>A <c>timestamptz</c>; beyond what .NET can say, and for infinity, the end of that range.</summary>
    public static DateTimeOffset GetTime(this NpgsqlDataReader reader, int column) => StoredTime.From(reader.GetFieldValue<long>(column));

    /// <summary>As <see cref="GetTime"/>; null when the column is.</summary>
    public static DateTimeOffset? GetTimeOrNull(this NpgsqlDataReader reader, int column) =>
        reader.IsDBNull(column) ? null : reader.GetTime(column);

    /// <summary>A <c>timestamptz</c> from which on a row does not count; null: never, as for infinity and what .NET cannot say.</summary>
    public static DateTimeOffset? GetExpiry(this NpgsqlDataReader reader, int column) =>
        reader.GetTimeOrNull(column) is { } time && time < StoredTime.Latest ? time : null;

    public static string? GetTextOrNull(this NpgsqlDataReader reader, int column) =>
        reader.IsDBNull(column) ? null : reader.GetString(column);

    public static T? GetOrNull<T>(this NpgsqlDataReader reader, int column)
        where T : struct => reader.IsDBNull(column) ? null : reader.GetFieldValue<T>(column);
}
