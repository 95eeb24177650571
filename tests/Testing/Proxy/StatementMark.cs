using System.Text;
using System.Text.RegularExpressions;

namespace QLearning.Testing.Proxy;

/// <summary>
/// Recognizes the requests of one connection to PostgreSQL that run a statement: by a part of its SQL or, once the connection has prepared
/// it, by the name that Npgsql gave it. The request that only prepares it is none of them.
/// </summary>
/// <param name="sql">A part of its SQL.</param>
public sealed partial class StatementMark(byte[] sql)
{
    private const int LongestName = 24;

    private byte[]? _bound;

    /// <summary>Whether a request runs the statement.</summary>
    public bool IsRun(ReadOnlySpan<byte> request)
    {
        var at = request.IndexOf(sql);
        if (at < 0)
        {
            return _bound is not null && request.IndexOf(_bound) >= 0;
        }

        if (FindName(request[..at]) is not { } name)
        {
            return true;
        }

        // As Bind has it: after the empty name of the portal.
        _bound = Encoding.ASCII.GetBytes($"\0{name}\0");
        return false;
    }

    /// <summary>The name that ends right before the SQL, in a Parse message; null: the statement has none.</summary>
    private static string? FindName(ReadOnlySpan<byte> before)
    {
        var end = before.LastIndexOf((byte)0);
        if (end < 0)
        {
            return null;
        }

        var tail = Encoding.Latin1.GetString(before[Math.Max(0, end - LongestName)..end]);
        return PreparedName().Match(tail) is { Success: true } found ? found.Value : null;
    }

    [GeneratedRegex("_(p|auto)[0-9]+$")]
    private static partial Regex PreparedName();
}
