using System.Globalization;
using QLearning.Abstractions;

namespace QLearning.Postgres;

/// <summary>
/// A lock on a file that the kernel gives back when its holder dies, whatever killed it. Shared and exclusive holders exclude each other
/// between processes and inside one.
/// </summary>
internal sealed class FolderLock : IDisposable
{
    private const int WouldBlockLinux = 11;
    private const int WouldBlockBsd = 35;
    private static readonly TimeSpan _pollInterval = TimeSpan.FromMilliseconds(20);
    private readonly FileStream _file;

    private FolderLock(FileStream file) => _file = file;

    public static FolderLock? TryShared(string path) => TryOpen(path, FileShare.Read);

    public static FolderLock? TryExclusive(string path) => TryOpen(path, FileShare.None);

    public static async Task<FolderLock> ExclusiveAsync(string path, TimeSpan limit, TimeProvider time, CancellationToken ct) =>
        await TryExclusiveAsync(path, limit, time, ct) ?? throw new StorageUnavailableException(
            string.Create(CultureInfo.InvariantCulture,
                $"Another process has been starting or stopping PostgreSQL for more than {limit.TotalSeconds:0.#} s; ")
            + $"it holds the lock '{path}'. Allowed: one at a time. Try again when it is done.");

    public static async Task<FolderLock?> TryExclusiveAsync(string path, TimeSpan limit, TimeProvider time, CancellationToken ct)
    {
        var start = time.GetTimestamp();
        while (true)
        {
            if (TryExclusive(path) is { } held)
            {
                return held;
            }

            if (time.GetElapsedTime(start) > limit)
            {
                return null;
            }

            await Task.Delay(_pollInterval, time, ct);
        }
    }

    public void Dispose() => _file.Dispose();

    // Read access is enough for either lock, so that a file made by root does not shut its owner out.
    private static FolderLock? TryOpen(string path, FileShare share)
    {
        try
        {
            return new FolderLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.Read, share, bufferSize: 0));
        }
        catch (IOException e) when (e.HResult is WouldBlockLinux or WouldBlockBsd)
        {
            return null;
        }
    }
}
