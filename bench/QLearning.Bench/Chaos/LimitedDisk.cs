using System.Diagnostics;
using System.Globalization;
using QLearning.Abstractions;

namespace QLearning.Bench.Chaos;

/// <summary>
/// A file system of its own for PostgreSQL's data, in a file, which can be filled. Needs root, and a kernel that mounts such files.
/// </summary>
internal sealed class LimitedDisk : IAsyncDisposable
{
    private const long Size = 3L << 30;
    private const long SmallSize = 16L << 20;
    private const long LeftOver = 64 << 10;

    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan _poll = TimeSpan.FromMilliseconds(100);

    private readonly DirectoryInfo _folder;

    private LimitedDisk(DirectoryInfo folder) => _folder = folder;

    /// <summary>Where it is mounted.</summary>
    public string Path => System.IO.Path.Combine(_folder.FullName, "disk");

    private string Image => System.IO.Path.Combine(_folder.FullName, "disk.img");

    private string Ballast => System.IO.Path.Combine(Path, "ballast");

    /// <summary>Why there can be none; null: there can.</summary>
    public static async Task<string?> FindObstacleAsync(CancellationToken cancellationToken)
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess)
        {
            return "mounting a disk that can be filled needs Linux and root";
        }

        var folder = Directory.CreateTempSubdirectory("qlearning-disk-");
        try
        {
            await using var disk = await CreateAsync(folder, SmallSize, cancellationToken);
            return null;
        }
        catch (Exception error) when (error is QLearningException or System.ComponentModel.Win32Exception)
        {
            return error.Message;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Makes and mounts one in a folder.</summary>
    public static Task<LimitedDisk> CreateAsync(DirectoryInfo folder, CancellationToken cancellationToken) =>
        CreateAsync(folder, Size, cancellationToken);

    /// <summary>Takes all the room that is left.</summary>
    public async Task FillAsync(CancellationToken cancellationToken)
    {
        // The file system needs some of the room for itself, so the last of it goes in smaller and smaller pieces.
        for (var (length, piece) = (0L, Free()); piece > LeftOver;)
        {
            var taken = await TryRunAsync("fallocate", ["-l", Text(length + piece), Ballast], cancellationToken) is null;
            (length, piece) = taken ? (length + piece, Math.Min(piece, Free())) : (length, piece / 2);
        }
    }

    /// <summary>Gives the room back.</summary>
    public void MakeRoom() => File.Delete(Ballast);

    public async ValueTask DisposeAsync()
    {
        var start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                await RunAsync("umount", [Path], CancellationToken.None);
                return;
            }
            catch (StorageUnavailableException) when (TimeProvider.System.GetElapsedTime(start) <= _patience)
            {
                // A server that has said that it is down, and one that was killed, hold the disk until their last process has ended.
                await Task.Delay(_poll, TimeProvider.System);
            }
        }
    }

    private static async Task<LimitedDisk> CreateAsync(DirectoryInfo folder, long size, CancellationToken cancellationToken)
    {
        var disk = new LimitedDisk(folder);
        Directory.CreateDirectory(disk.Path);
        await using (var image = File.Create(disk.Image))
        {
            image.SetLength(size);
        }

        await RunAsync("mkfs.ext4", ["-q", "-m", "0", disk.Image], cancellationToken);
        await RunAsync("mount", ["-o", "loop", disk.Image, disk.Path], cancellationToken);
        return disk;
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static async Task RunAsync(string program, string[] arguments, CancellationToken cancellationToken)
    {
        if (await TryRunAsync(program, arguments, cancellationToken) is { } said)
        {
            throw new StorageUnavailableException($"'{program} {string.Join(' ', arguments)}' failed: {said}");
        }
    }

    /// <returns>What it said when it failed; null: it did not.</returns>
    private static async Task<string?> TryRunAsync(string program, string[] arguments, CancellationToken cancellationToken)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        var said = await process.StandardError.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        return process.ExitCode == 0 ? null : said.Trim();
    }

    private long Free() => new DriveInfo(Path).AvailableFreeSpace;
}
