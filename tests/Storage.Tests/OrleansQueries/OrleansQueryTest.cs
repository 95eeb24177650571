using System.Data;
using System.Data.Common;

namespace QLearning.Storage.Tests.OrleansQueries;

/// <summary>
/// Runs a query as the ADO.NET providers of Orleans do: its text from the catalogue, its parameters by name with an explicit type.
/// </summary>
public abstract class OrleansQueryTest : DatabaseTest
{
    protected static readonly DateTime Start = new(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc);
    protected static readonly DateTime Alive = new(2026, 1, 2, 3, 5, 0, DateTimeKind.Utc);

    /// <summary>All rows of the answer, each by the names of its columns, whose case does not count.</summary>
    protected async Task<List<Dictionary<string, object?>>> RunAsync(string key, params DbParam[] parameters)
    {
        var text = await Database.QueryAsync<string>($"select QueryText from OrleansQuery where QueryKey = '{key}'");
        await using DbConnection connection = await Database.DataSource.OpenConnectionAsync();
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The text is the catalogue's own.
        command.CommandText = text;
#pragma warning restore CA2100
        foreach (var (name, type, value) in parameters)
        {
            var parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.DbType, parameter.Value) = (name, type, value ?? DBNull.Value);
            command.Parameters.Add(parameter);
        }

        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<Dictionary<string, object?>>();
        while (await reader.ReadAsync())
        {
            rows.Add(Enumerable.Range(0, reader.FieldCount).ToDictionary(
                reader.GetName, i => reader.IsDBNull(i) ? null : reader.GetValue(i), StringComparer.OrdinalIgnoreCase));
        }

        return rows;
    }

    /// <summary>The single value of a single row.</summary>
    protected async Task<T> AskAsync<T>(string key, params DbParam[] parameters) =>
        (T)Assert.Single(Assert.Single(await RunAsync(key, parameters)).Values)!;

    protected static DbParam Text(string name, string? value) => new(name, DbType.String, value);

    protected static DbParam Number(string name, int? value) => new(name, DbType.Int32, value);

    protected static DbParam BigNumber(string name, long value) => new(name, DbType.Int64, value);

    protected static DbParam Time(string name, DateTime value) => new(name, DbType.DateTime, value);

    protected static DbParam Bytes(string name, byte[] value) => new(name, DbType.Binary, value);

    /// <summary>A parameter with the type that Orleans gives it.</summary>
    protected sealed record DbParam(string Name, DbType Type, object? Value);
}
