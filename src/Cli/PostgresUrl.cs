using System.Globalization;
using Npgsql;
using QLearning.Abstractions;

namespace QLearning.Cli;

/// <summary>The address of a database as psql takes it, and back.</summary>
internal static class PostgresUrl
{
    private const string Allowed =
        "postgresql://user:password@host:port/database, or Host=...;Port=...;Database=...;Username=...;Password=...";

    private static readonly string[] _schemes = ["postgresql", "postgres"];

    // libpq's names where Npgsql has others.
    private static readonly Dictionary<string, string> _keywords = new(StringComparer.Ordinal)
    {
        ["application_name"] = "Application Name",
        ["channel_binding"] = "Channel Binding",
        ["connect_timeout"] = "Timeout",
        ["dbname"] = "Database",
        ["gssencmode"] = "GSS Encryption Mode",
        ["sslcert"] = "SSL Certificate",
        ["sslkey"] = "SSL Key",
        ["sslmode"] = "SSL Mode",
        ["sslnegotiation"] = "SSL Negotiation",
        ["sslpassword"] = "SSL Password",
        ["sslrootcert"] = "Root Certificate",
        ["target_session_attrs"] = "Target Session Attributes",
        ["user"] = "Username",
    };

    public static string From(NpgsqlConnectionStringBuilder connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        var database = Uri.EscapeDataString(connection.Database ?? string.Empty);
        var (user, password) = (Uri.EscapeDataString(connection.Username ?? string.Empty),
            Uri.EscapeDataString(connection.Password ?? string.Empty));
        if (connection.Host?.StartsWith('/') == true)
        {
            // A Unix socket's folder cannot stand where a host does.
            var folder = Uri.EscapeDataString(connection.Host);
            return string.Create(CultureInfo.InvariantCulture, $"postgresql:///{database}?host={folder}&port={connection.Port}&user={user}")
                + (password.Length == 0 ? string.Empty : $"&password={password}");
        }

        var account = (user, password) switch
        {
            ("", _) => string.Empty,
            (_, "") => user + "@",
            _ => $"{user}:{password}@",
        };
        return string.Create(CultureInfo.InvariantCulture, $"postgresql://{account}{connection.Host}:{connection.Port}/{database}");
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
            var parts = pair.Split('=', 2);
            Set(builder, parts[0], Uri.UnescapeDataString(parts.Length > 1 ? parts[1] : string.Empty));
        }

        return builder;
    }

    private static void Set(NpgsqlConnectionStringBuilder builder, string parameter, string value)
    {
        if (!_keywords.TryGetValue(parameter, out var keyword))
        {
            builder[parameter] = value;
            return;
        }

        try
        {
            // 'verify-full' is VerifyFull.
            builder[keyword] = parameter == "sslmode" ? value.Replace("-", string.Empty, StringComparison.Ordinal) : value;
        }
        catch (ArgumentException)
        {
            throw new InvalidInputException(
                $"The connection string cannot be read: the value of its parameter '{parameter}' is unknown. Allowed: {Allowed}.");
        }
    }
}
