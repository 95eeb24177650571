using System.Runtime.InteropServices;
using Npgsql;

namespace QLearning.Bench.Report;

/// <summary>Where a benchmark ran.</summary>
/// <param name="Processors">How many processors .NET may use.</param>
/// <param name="MemoryGiB">The memory it may use.</param>
/// <param name="System">The operating system.</param>
/// <param name="Runtime">.NET's version.</param>
/// <param name="Postgres">PostgreSQL's version.</param>
/// <param name="Fsync">Whether PostgreSQL waits for the disk at each commit.</param>
internal sealed record Machine(int Processors, double MemoryGiB, string System, string Runtime, string Postgres, bool Fsync)
{
    private const double BytesPerGiB = 1024.0 * 1024 * 1024;

    private const string Ask = "select current_setting('server_version'), current_setting('fsync') = 'on'";

    public static async Task<Machine> AskAsync(NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Ask);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return new Machine(
            Environment.ProcessorCount,
            Math.Round(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / BytesPerGiB, 1),
            RuntimeInformation.OSDescription,
            RuntimeInformation.FrameworkDescription,
            reader.GetString(0),
            reader.GetBoolean(1));
    }
}
