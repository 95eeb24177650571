using QLearning.Abstractions;

namespace QLearning.Postgres;

/// <summary>A folder with the server programs of PostgreSQL: <c>initdb</c>, <c>postgres</c> and <c>pg_ctl</c>.</summary>
/// <param name="Folder">The folder.</param>
/// <param name="Major">The major version, such as 17.</param>
public sealed record PostgresBinaries(string Folder, int Major)
{
    /// <summary>The oldest major version that is supported.</summary>
    public const int OldestMajor = 14;

    /// <summary>The environment variable that names the folder and is asked before all others.</summary>
    public const string Variable = "QLEARNING_POSTGRES_BIN";

    internal string InitDb => Path.Combine(Folder, "initdb");

    internal string PgCtl => Path.Combine(Folder, "pg_ctl");

    /// <summary>
    /// Finds the programs: in the folder that <c>QLEARNING_POSTGRES_BIN</c> names, else on PATH, else in the usual folders.
    /// </summary>
    /// <param name="major">The only major version that will do, because data of it exist; null when any supported one will.</param>
    /// <param name="time">Bounds the time a program may take to tell its version.</param>
    /// <param name="ct">Cancels the search.</param>
    /// <exception cref="StorageUnavailableException">None was found; the message lists where it looked and what to type.</exception>
    public static Task<PostgresBinaries> FindAsync(int? major, TimeProvider time, CancellationToken ct) =>
        new PostgresSearch(Environment.GetEnvironmentVariable, "/", time).FindAsync(major, ct);
}
