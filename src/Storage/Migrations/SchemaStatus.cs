namespace QLearning.Storage.Migrations;

/// <summary>How the schema of a database compares with what this program needs.</summary>
/// <param name="HasJournal">
/// Whether the database has been migrated by this program before. Without a journal every migration is pending, even where its tables
/// exist.
/// </param>
/// <param name="Applied">The names of this program's migrations that the database has.</param>
/// <param name="Pending">The names of this program's migrations that the database lacks, in the order in which they will run.</param>
/// <param name="Unknown">The names of migrations that the database has and this program does not know: a newer version made them.</param>
public sealed record SchemaStatus(
    bool HasJournal, IReadOnlyList<string> Applied, IReadOnlyList<string> Pending, IReadOnlyList<string> Unknown)
{
    /// <summary>Whether a newer version of the program has migrated the database; this one then refuses to work with it.</summary>
    public bool IsNewer => Unknown.Count > 0;

    /// <summary>Whether the database has exactly what this program needs.</summary>
    public bool IsCurrent => Pending.Count == 0 && Unknown.Count == 0;

    /// <summary>
    /// The newest migration of each folder that the database has, such as <c>qlearning/0008_comments, orleans/0004_reminders</c>.
    /// </summary>
    public string Version => MigrationScript.Version(Applied.Concat(Unknown));
}
