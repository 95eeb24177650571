using System.Reflection;
using System.Security.Cryptography;
using System.Text;

namespace QLearning.Storage.Migrations;

/// <summary>
/// One migration: its name in the journal, such as <c>qlearning/0002_tables.sql</c>, and its SQL. A file of <c>functions/</c>, which holds
/// the current text of one SQL function, is another migration each time its text changes: its name ends with a checksum of it.
/// </summary>
internal sealed record MigrationScript(string Name, string Sql)
{
    private const string ResourcePrefix = "db/";
    private const string Functions = "functions/";
    private const char ChecksumMark = '@';
    private const int ChecksumBytes = 8;

    /// <summary>The folders in the order in which they run: functions find the tables that they work on.</summary>
    private static readonly string[] _folders = ["qlearning/", Functions, "orleans/"];

    /// <summary>All migrations of this program in the order in which they run.</summary>
    public static IReadOnlyList<MigrationScript> All { get; } = Load();

    /// <summary>The file that a name in the journal speaks of.</summary>
    public static string FileOf(string name) => name.Split(ChecksumMark)[0];

    /// <summary>Whether a name in the journal is that of one text of a function.</summary>
    public static bool IsFunction(string name) => name.StartsWith(Functions, StringComparison.Ordinal);

    /// <summary>The migration that a file and its text make.</summary>
    public static MigrationScript Of(string file, string sql) => new(IsFunction(file) ? file + ChecksumMark + Checksum(sql) : file, sql);

    /// <summary>
    /// The newest migration of each folder that numbers them, such as <c>qlearning/0008_comments, orleans/0004_reminders</c>; empty if
    /// there is none.
    /// </summary>
    public static string Version(IEnumerable<string> names)
    {
        var list = names.ToList();
        var newest = _folders.Except([Functions])
            .Select(folder => list.Where(name => name.StartsWith(folder, StringComparison.Ordinal)).Max(StringComparer.Ordinal))
            .OfType<string>()
            .Select(name => Path.ChangeExtension(name, null));
        return string.Join(", ", newest);
    }

    private static List<MigrationScript> Load()
    {
        var assembly = typeof(MigrationScript).Assembly;
        var names = assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(ResourcePrefix, StringComparison.Ordinal))
            .Select(name => name[ResourcePrefix.Length..])
            .ToList();
        return _folders
            .SelectMany(folder => names.Where(name => name.StartsWith(folder, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
            .Select(name => Of(name, Read(assembly, ResourcePrefix + name)))
            .ToList();
    }

    // However the lines of the file end.
    private static string Checksum(string sql) => Convert.ToHexStringLower(
        SHA256.HashData(Encoding.UTF8.GetBytes(sql.ReplaceLineEndings("\n"))).AsSpan(0, ChecksumBytes));

    private static string Read(Assembly assembly, string resource)
    {
        using var stream = assembly.GetManifestResourceStream(resource)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
