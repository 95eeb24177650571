using System.Diagnostics;

namespace QLearning.TestingHost;

/// <summary>
/// Ends the test server and deletes its folder when this process is gone, however it went: test hosts are killed more often than they exit.
/// A shell waits on a pipe whose other end only this process holds, and the kernel closes it with us.
/// </summary>
internal static class ServerJanitor
{
    // SIGINT asks PostgreSQL for a fast shutdown; it removes its pid file last.
    private const string Script = """
        trap '' INT TERM HUP
        cat >/dev/null
        pid=$(head -n 1 "$1/postgres/postmaster.pid" 2>/dev/null) && kill -INT "$pid" 2>/dev/null
        tries=0
        while [ -e "$1/postgres/postmaster.pid" ] && [ "$tries" -lt 100 ]; do sleep 0.1; tries=$((tries + 1)); done
        rm -rf "$1"
        """;

    /// <summary>Watches over a folder from now on. The returned process has to stay referenced: its input is the pipe.</summary>
    public static Process Watch(string folder) =>
        Process.Start(new ProcessStartInfo("/bin/sh", ["-c", Script, "janitor", folder])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        })!;
}
