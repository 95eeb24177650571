using System.Reflection;

namespace QLearning.Storage.Migrations;

/// <summary>One migration: its name in the journal, such as <c>qlearning/0002_tables.sql</c>, and its SQL.</summary>
internal sealed record MigrationScript(string Name, string Sql)
{
    private const string ResourcePrefix = "db/";

    /// <summary>The folders in the order in which they run.</summary>
    private static readonly string[] _folders = ["qlearning/", "orleans/"];

    /// <summary>All migrations of this program in the order in which they run.</summary>
    public static IReadOnlyList<MigrationScript> All { get; } = Load();

    /// <summary>The newest migration of each folder, such as <c>qlearning/0008_comments, orleans/0004_reminders</c>; empty if there is none.</summary>
    public static string Version(IEnumerable<string> names)
    {
        var list = names.ToList();
        var newest = _folders
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
            .Select(name => new MigrationScript(name, Read(assembly, ResourcePrefix + name)))
            .ToList();
    }

    private static string Read(Assembly assembly, string resource)
    {
        using var stream = assembly.GetManifestResourceStream(resource)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
