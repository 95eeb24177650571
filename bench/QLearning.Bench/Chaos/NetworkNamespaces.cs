using System.Diagnostics;
using QLearning.Abstractions;

namespace QLearning.Bench.Chaos;

/// <summary>Two network namespaces of Linux on one bridge with the host. Needs root and the program <c>ip</c>.</summary>
internal sealed class NetworkNamespaces : IAsyncDisposable
{
    /// <summary>The host, as the namespaces see it.</summary>
    public const string HostAddress = "10.77.0.1";

    private const string Bridge = "qlearn-br";
    private const string Left = "qlearn-a";
    private const string Right = "qlearn-b";
    private const string LeftAddress = "10.77.0.2";
    private const string RightAddress = "10.77.0.3";

    private NetworkNamespaces()
    {
    }

    /// <summary>Where a program can run, and how.</summary>
    public static IReadOnlyList<(string Address, string[] Command)> Places { get; } =
        [(LeftAddress, ["ip", "netns", "exec", Left]), (RightAddress, ["ip", "netns", "exec", Right])];

    /// <summary>Why there can be none; null: there can.</summary>
    public static async Task<string?> FindObstacleAsync(CancellationToken cancellationToken)
    {
        if (!OperatingSystem.IsLinux())
        {
            return "network namespaces are Linux's";
        }

        if (!Environment.IsPrivilegedProcess)
        {
            return "network namespaces need root";
        }

        try
        {
            await using var network = await CreateAsync(cancellationToken);
            return null;
        }
        catch (Exception error) when (error is QLearningException or System.ComponentModel.Win32Exception)
        {
            return error.Message;
        }
    }

    /// <summary>Makes the namespaces; both reach each other and the host.</summary>
    public static async Task<NetworkNamespaces> CreateAsync(CancellationToken cancellationToken)
    {
        var network = new NetworkNamespaces();
        // What a run left behind that was killed.
        await network.DisposeAsync();
        try
        {
            await IpAsync($"link add {Bridge} type bridge", cancellationToken);
            await IpAsync($"address add {HostAddress}/24 dev {Bridge}", cancellationToken);
            await IpAsync($"link set {Bridge} up", cancellationToken);
            await AddAsync(Left, LeftAddress, cancellationToken);
            await AddAsync(Right, RightAddress, cancellationToken);
            return network;
        }
        catch
        {
            await network.DisposeAsync();
            throw;
        }
    }

    /// <summary>Cuts the way between the two; both still reach the host.</summary>
    public static async Task CutAsync(CancellationToken cancellationToken)
    {
        await IpAsync($"-n {Left} route add blackhole {RightAddress}", cancellationToken);
        await IpAsync($"-n {Right} route add blackhole {LeftAddress}", cancellationToken);
    }

    /// <summary>Opens the way again.</summary>
    public static async Task MendAsync(CancellationToken cancellationToken)
    {
        await IpAsync($"-n {Left} route del blackhole {RightAddress}", cancellationToken);
        await IpAsync($"-n {Right} route del blackhole {LeftAddress}", cancellationToken);
    }

    // Whatever of them is there: a start that failed has made only some.
    public async ValueTask DisposeAsync()
    {
        await RunAsync($"netns delete {Left}", CancellationToken.None);
        await RunAsync($"netns delete {Right}", CancellationToken.None);
        await RunAsync($"link delete {Left}", CancellationToken.None);
        await RunAsync($"link delete {Right}", CancellationToken.None);
        await RunAsync($"link delete {Bridge}", CancellationToken.None);
    }

    private static async Task AddAsync(string name, string address, CancellationToken cancellationToken)
    {
        await IpAsync($"netns add {name}", cancellationToken);
        await IpAsync($"link add {name} type veth peer name eth0 netns {name}", cancellationToken);
        await IpAsync($"link set {name} master {Bridge} up", cancellationToken);
        await IpAsync($"-n {name} address add {address}/24 dev eth0", cancellationToken);
        await IpAsync($"-n {name} link set eth0 up", cancellationToken);
        await IpAsync($"-n {name} link set lo up", cancellationToken);
    }

    private static async Task IpAsync(string arguments, CancellationToken cancellationToken)
    {
        if (await RunAsync(arguments, cancellationToken) is { } error)
        {
            throw new ClusterUnavailableException($"'ip {arguments}' failed: {error}");
        }
    }

    /// <returns>What it said when it failed; null: it did not.</returns>
    private static async Task<string?> RunAsync(string arguments, CancellationToken cancellationToken)
    {
        using var ip = Process.Start(new ProcessStartInfo("ip", arguments) { RedirectStandardError = true })!;
        var said = await ip.StandardError.ReadToEndAsync(cancellationToken);
        await ip.WaitForExitAsync(cancellationToken);
        return ip.ExitCode == 0 ? null : said.Trim();
    }
}
