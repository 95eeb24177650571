using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.Logging;

namespace QLearning.Client.Security;

/// <summary>Warns of programs that were refused because of their certificates: each once a minute, since they try again.</summary>
/// <param name="time">The clock.</param>
/// <param name="logger">Gets the warnings.</param>
internal sealed class RefusedPeers(TimeProvider time, ILogger<RefusedPeers> logger)
{
    private const int MostKnown = 1000;
    private static readonly TimeSpan _quiet = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<(string Address, string Reason), long> _warned = new();

    /// <summary>What was found of the certificate of the last one that had one; null: none was refused for its certificate.</summary>
    public string? LastComplaint { get; private set; }

    /// <summary>Takes note of one.</summary>
    /// <param name="peer">Where it is.</param>
    /// <param name="complaint">What was found of its certificate; null: it showed none before the connection ended.</param>
    public void Add(EndPoint? peer, string? complaint)
    {
        var reason = complaint ?? "it shows no certificate, or does not speak TLS";
        // Without the port, which is another one with each try.
        var address = peer is IPEndPoint place ? place.Address.ToString() : $"{peer}";
        LastComplaint = complaint is null ? LastComplaint : $"{address}: {complaint}";
        if (_warned.TryGetValue((address, reason), out var last) && time.GetElapsedTime(last) < _quiet)
        {
            return;
        }

        if (_warned.Count >= MostKnown)
        {
            _warned.Clear();
        }

        _warned[(address, reason)] = time.GetTimestamp();
        logger.PeerRefused(address, reason);
    }
}
