using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace QLearning.Silo.Membership;

/// <summary>
/// Declares silos dead that were killed on this machine, before this one joins. Until they are declared dead a new silo counts them among
/// the members, waits for them and complains of each message that does not arrive.
/// </summary>
/// <remarks>
/// A silo listens before it announces itself and until its very end, so a port of this machine that refuses connections has no silo behind
/// it. Silos of other machines are left to the cluster's probes: there a refusal may come from a firewall.
/// </remarks>
/// <param name="membership">The cluster's members.</param>
/// <param name="logger">Gets who was declared dead.</param>
internal sealed class DeadSilos(IMembershipTable membership, ILogger<DeadSilos> logger)
{
    private const int Attempts = 5;
    private static readonly TimeSpan _connectLimit = TimeSpan.FromSeconds(1);

    /// <summary>Declares them dead, one by one; what other silos change at the same time is read anew.</summary>
    public async Task DeclareAsync(CancellationToken cancellationToken)
    {
        await membership.InitializeMembershipTableAsync(true, cancellationToken);
        var local = LocalAddresses();
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var table = await membership.ReadAllAsync(cancellationToken);
            var dead = await FindAsync(table, local, cancellationToken);
            if (dead.Count == 0)
            {
                return;
            }

            if (await DeclareAsync(table, dead, cancellationToken))
            {
                logger.DeclaredDead(string.Join(", ", dead.Select(silo => silo.Entry.SiloAddress.Endpoint)));
                return;
            }
        }
    }

    private async Task<bool> DeclareAsync(
        MembershipTableData table, List<(MembershipEntry Entry, string ETag)> dead, CancellationToken cancellationToken)
    {
        var version = table.Version;
        foreach (var (entry, etag) in dead)
        {
            entry.Status = SiloStatus.Dead;
            if (!await membership.UpdateRowAsync(entry, etag, version.Next(), cancellationToken))
            {
                return false;
            }

            version = (await membership.ReadRowAsync(entry.SiloAddress, cancellationToken)).Version;
        }

        return true;
    }

    private static async Task<List<(MembershipEntry Entry, string ETag)>> FindAsync(
        MembershipTableData table, HashSet<IPAddress> local, CancellationToken cancellationToken)
    {
        var host = Dns.GetHostName();
        var found = new List<(MembershipEntry, string)>();
        foreach (var (entry, etag) in table.Members)
        {
            if (entry.Status != SiloStatus.Dead && entry.HostName == host && local.Contains(entry.SiloAddress.Endpoint.Address)
                && await RefusesAsync(entry.SiloAddress.Endpoint, cancellationToken))
            {
                found.Add((entry, etag));
            }
        }

        return found;
    }

    private static async Task<bool> RefusesAsync(IPEndPoint endpoint, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(_connectLimit);
        using var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(endpoint, limit.Token);
            return false;
        }
        catch (SocketException error)
        {
            return error.SocketErrorCode == SocketError.ConnectionRefused;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Somebody holds the port but takes no connections now, as a stopped process does.
            return false;
        }
    }

    private static HashSet<IPAddress> LocalAddresses() =>
    [
        IPAddress.Loopback, IPAddress.IPv6Loopback,
        .. NetworkInterface.GetAllNetworkInterfaces()
            .SelectMany(network => network.GetIPProperties().UnicastAddresses)
            .Select(address => address.Address),
    ];
}
