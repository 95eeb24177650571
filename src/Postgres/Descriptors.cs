using System.Globalization;
using System.Runtime.InteropServices;

namespace QLearning.Postgres;

/// <summary>
/// Keeps what this process inherited from its children. .NET opens files so that no child gets them, but a pipe or a lock that a shell
/// handed to us would go on to PostgreSQL, which outlives us: who waits for the end of that pipe would wait for the server.
/// </summary>
internal static class Descriptors
{
    private const int StandardError = 2;

    // FIOCLEX instead of fcntl: it takes no variadic argument, whose place differs between systems.
    private const nuint CloseOnExecLinux = 0x5451;
    private const nuint CloseOnExecBsd = 0x20006601;

    /// <summary>Marks all descriptors but the three standard ones as closed in programs that are started from now on.</summary>
    public static void KeepFromChildren()
    {
        foreach (var path in Directory.EnumerateFileSystemEntries(OperatingSystem.IsLinux() ? "/proc/self/fd" : "/dev/fd"))
        {
            if (int.TryParse(Path.GetFileName(path), NumberStyles.None, CultureInfo.InvariantCulture, out var descriptor)
                && descriptor > StandardError)
            {
                // One that was closed since (the listing itself is such a one) answers with an error, which changes nothing.
                _ = Ioctl(descriptor, OperatingSystem.IsLinux() ? CloseOnExecLinux : CloseOnExecBsd);
            }
        }
    }

    [DllImport("libc", EntryPoint = "ioctl", ExactSpelling = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Ioctl(int descriptor, nuint request);
}
