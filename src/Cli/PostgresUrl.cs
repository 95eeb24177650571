using System.Globalization;
using Npgsql;

namespace QLearning.Cli;

/// <summary>The address of a database as psql takes it.</summary>
internal static class PostgresUrl
{
    public static string From(NpgsqlConnectionStringBuilder connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        var password = string.IsNullOrEmpty(connection.Password) ? string.Empty : ":" + Uri.EscapeDataString(connection.Password);
        var user = string.IsNullOrEmpty(connection.Username) ? string.Empty : Uri.EscapeDataString(connection.Username) + password + "@";
        var isSocket = connection.Host?.StartsWith('/') == true;
        var host = isSocket ? string.Empty : string.Create(CultureInfo.InvariantCulture, $"{connection.Host}:{connection.Port}");
        var query = isSocket ? $"?host={Uri.EscapeDataString(connection.Host!)}&port={connection.Port}" : string.Empty;
        return $"postgresql://{user}{host}/{Uri.EscapeDataString(connection.Database ?? string.Empty)}{query}";
    }
}
