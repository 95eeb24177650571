namespace QLearning.Storage.Tests.WriteBehind;

/// <summary>What a <see cref="CuttingProxy"/> does with the next flush that passes.</summary>
internal enum Cut
{
    /// <summary>Forwards it.</summary>
    None,

    /// <summary>Cuts the connection before the server sees it.</summary>
    Request,

    /// <summary>Cuts the connection when the server's answer to it comes back.</summary>
    Answer,

    /// <summary>Cuts the client off and keeps the request, to give it to the server later.</summary>
    Hold,
}
