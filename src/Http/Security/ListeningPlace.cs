using System.Net;

namespace QLearning.Http.Security;

/// <summary>Where a server listens for HTTP; what may be left open depends on it.</summary>
/// <param name="Address">The address; null: it does not listen.</param>
/// <param name="IsEmbedded">Whether its data are those of the embedded default on the same machine.</param>
public sealed record ListeningPlace(IPAddress? Address, bool IsEmbedded)
{
    /// <summary>Whether only programs of the same machine reach it.</summary>
    public bool IsLoopback => Address is null || IPAddress.IsLoopback(Address);

    internal bool Requires(SecurityOptions options) =>
        options.Authentication == AuthenticationMode.Required
        || (options.Authentication == AuthenticationMode.Automatic && !(IsEmbedded && IsLoopback));
}
