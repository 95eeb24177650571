using Npgsql;
using NpgsqlTypes;

namespace QLearning.Storage.Sql;

/// <summary>
/// Adds the positional parameters of a statement, each in the type of its column: PostgreSQL guesses no type, prepared statements keep
/// theirs, and no value is boxed.
/// </summary>
internal static class SqlParameters
{
    public static NpgsqlParameterCollection AddText(this NpgsqlParameterCollection parameters, string? value) =>
        parameters.AddValue(value, NpgsqlDbType.Text);

    public static NpgsqlParameterCollection AddJson(this NpgsqlParameterCollection parameters, string? value) =>
        parameters.AddValue(value, NpgsqlDbType.Jsonb);

    public static NpgsqlParameterCollection AddInteger(this NpgsqlParameterCollection parameters, int value) =>
        parameters.AddValue(value, NpgsqlDbType.Integer);

    public static NpgsqlParameterCollection AddNumeric(this NpgsqlParameterCollection parameters, double? value) =>
        parameters.AddValue((decimal?)value, NpgsqlDbType.Numeric);

    /// <summary>Adds a value; null is sent as NULL.</summary>
    public static NpgsqlParameterCollection AddValue<T>(this NpgsqlParameterCollection parameters, T value, NpgsqlDbType type)
    {
        parameters.Add(new NpgsqlParameter<T> { TypedValue = value, NpgsqlDbType = type });
        return parameters;
    }

    /// <summary>Adds a column for <c>unnest</c> or <c>any</c>; an array is not copied.</summary>
    /// <param name="parameters">The parameters.</param>
    /// <param name="items">The values.</param>
    /// <param name="type">The type of one.</param>
    public static NpgsqlParameterCollection AddArray<T>(
        this NpgsqlParameterCollection parameters, IEnumerable<T> items, NpgsqlDbType type) =>
        parameters.AddValue(items as T[] ?? [.. items], NpgsqlDbType.Array | type);
}
