using System.Globalization;
using Npgsql;
using QLearning.Abstractions;

namespace QLearning.Cli;

/// <summary>The address of a database as psql takes it, and back.</summary>
internal static class PostgresUrl
{
    private const string Allowed = "postgresql://user:password@host:port/database, or Host=...;Port=...;Database=...;Username=...;Password=...";

    private static readonly string[] _schemes = ["postgresql", "postgres"];

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

    /// <summary>A connection string for Npgsql from either form.</summary>
    /// <exception cref="InvalidInputException">It is neither. The message does not repeat it, since it may hold a password.</exception>
    public static string ToConnectionString(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        try
        {
            return Uri.TryCreate(text, UriKind.Absolute, out var url) && _schemes.Contains(url.Scheme, StringComparer.Ordinal)
                ? FromUrl(url).ConnectionString
                : new NpgsqlConnectionStringBuilder(text).ConnectionString;
        }
        catch (Exception error) when (error is ArgumentException or FormatException or InvalidOperationException)
        {
            throw new InvalidInputException($"The connection string cannot be read. Allowed: {Allowed}.");
        }
    }

    private static NpgsqlConnectionStringBuilder FromUrl(Uri url)
    {
        var user = url.UserInfo.Split(':', 2);
        var builder = new NpgsqlConnectionStringBuilder
        {
            Host = url.Host,
            Database = Uri.UnescapeDataString(url.AbsolutePath.TrimStart('/')),
            Username = Uri.UnescapeDataString(user[0]),
            Password = user.Length > 1 ? Uri.UnescapeDataString(user[1]) : null,
        };
        if (url.Port > 0)
        {
            builder.Port = url.Port;
        }

        foreach (var pair in url.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var (name, value) = (pair.Split('=', 2)[0], Uri.UnescapeDataString(pair.Contains('=', StringComparison.Ordinal) ? pair.Split('=', 2)[1] : string.Empty));
            builder[name.ToLowerInvariant() switch { "sslmode" => "SSL Mode", "application_name" => "Application Name", _ => name }] = value;
        }

        return builder;
    }
}
