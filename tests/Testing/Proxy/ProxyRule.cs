namespace QLearning.Testing.Proxy;

/// <summary>What a <see cref="TcpProxy"/> does with what it has received.</summary>
public enum Passage
{
    /// <summary>Passes it on.</summary>
    Pass,

    /// <summary>Ends the connection instead, at both ends.</summary>
    End,

    /// <summary>Ends the connection for the client only: what the server still sends is shown to the rule.</summary>
    Detach,
}

/// <summary>
/// Decides for one connection through a <see cref="TcpProxy"/>, which shows it all bytes before they are passed on. This one passes all.
/// </summary>
public class ProxyRule
{
    /// <summary>What the client sends.</summary>
    /// <param name="bytes">As much as came at once; they are overwritten later.</param>
    /// <param name="send">Sends something to the server, also after <see cref="Passage.Detach"/>.</param>
    public virtual Passage Request(ReadOnlyMemory<byte> bytes, Func<ReadOnlyMemory<byte>, Task> send) => Passage.Pass;

    /// <summary>What the server answers.</summary>
    /// <param name="bytes">As much as came at once; they are overwritten later.</param>
    public virtual Passage Answer(ReadOnlyMemory<byte> bytes) => Passage.Pass;
}
