using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Orleans.Connections.Security;

namespace QLearning.Client.Security;

/// <summary>Puts mutual TLS under connections of Orleans, and says why one was refused.</summary>
/// <param name="options">Which certificates.</param>
/// <param name="refused">Is told of connections that were refused.</param>
/// <param name="time">The clock.</param>
internal sealed class ClusterTls(ClusterTlsOptions options, RefusedPeers refused, TimeProvider time)
{
    private static readonly TimeSpan _handshakeLimit = TimeSpan.FromSeconds(10);

    // The runtime tells neither who refused a handshake nor why: what the check of the certificate found is handed to the middleware
    // around the handshake.
    private readonly AsyncLocal<Handshake?> _current = new();

    private readonly ClusterIdentity? _identity = ClusterIdentity.Read(options);

    /// <summary>Whether connections have TLS.</summary>
    public bool IsOn => _identity is not null;

    /// <summary>For connections that this program accepts.</summary>
    /// <param name="connections">The connections.</param>
    public void Accept(IConnectionBuilder connections)
    {
        connections.Use(IgnoreProbes);
        connections.Use(Watch);
        connections.UseServerTls(Options(_identity!, ClusterIdentity.ForClient));
        connections.Use(Passed);
    }

    /// <summary>For connections that this program makes.</summary>
    /// <param name="connections">The connections.</param>
    public void Connect(IConnectionBuilder connections)
    {
        connections.Use(Watch);
        connections.UseClientTls(Options(_identity!, ClusterIdentity.ForServer));
        connections.Use(Passed);
    }

    // Who connects only to see whether the port is open is no stranger to warn of.
    private ConnectionDelegate IgnoreProbes(ConnectionDelegate next) => async connection =>
    {
        using var limit = new CancellationTokenSource(_handshakeLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, connection.ConnectionClosed);
        try
        {
            var input = connection.Transport.Input;
            var read = await input.ReadAsync(either.Token).ConfigureAwait(false);
            input.AdvanceTo(read.Buffer.Start);
            if (read.Buffer.IsEmpty)
            {
                return;
            }
        }
        catch (Exception error) when (error is IOException or OperationCanceledException)
        {
            return;
        }

        await next(connection).ConfigureAwait(false);
    };

    private ConnectionDelegate Watch(ConnectionDelegate next) => async connection =>
    {
        var handshake = new Handshake();
        _current.Value = handshake;
        try
        {
            await next(connection).ConfigureAwait(false);
        }
        finally
        {
            if (!handshake.IsPassed)
            {
                refused.Add(connection.RemoteEndPoint, handshake.Complaint);
            }
        }
    };

    private ConnectionDelegate Passed(ConnectionDelegate next) => connection =>
    {
        _current.Value!.IsPassed = true;
        return next(connection);
    };

    private TlsOptions Options(ClusterIdentity identity, string useOfOther) => new()
    {
        LocalCertificate = identity.Certificate,
        RemoteCertificateMode = RemoteCertificateMode.RequireCertificate,
        ClientCertificateMode = RemoteCertificateMode.RequireCertificate,
        RemoteCertificateValidation = (shown, chain, _) => IsTaken(identity, shown, chain, useOfOther),
        SslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        OnAuthenticateAsServer = (_, tls) => ShowChain((SslServerAuthenticationOptions)tls.SslServerAuthenticationOptions, identity),
        OnAuthenticateAsClient = (_, tls) => ((SslClientAuthenticationOptions)tls.SslClientAuthenticationOptions)
            .ClientCertificateContext = WithChain(identity),
    };

    // The policy errors of the platform are passed over: they are about its own authorities and about names, and silos have addresses.
    private bool IsTaken(ClusterIdentity identity, X509Certificate2 shown, X509Chain? chain, string use)
    {
        var sent = chain?.ChainPolicy.ExtraStore ?? [];
        if (identity.Complaint(shown, sent, use) is not { } complaint)
        {
            return true;
        }

        if (_current.Value is { } handshake)
        {
            handshake.Complaint = $"its certificate '{shown.Subject}' of '{shown.Issuer}' is not allowed: {complaint}";
        }

        return false;
    }

    // SslStream takes a certificate by one way only.
    private static void ShowChain(SslServerAuthenticationOptions tls, ClusterIdentity identity)
    {
        tls.ServerCertificate = null;
        tls.ServerCertificateSelectionCallback = null;
        tls.ServerCertificateContext = WithChain(identity);
    }

    private static SslStreamCertificateContext WithChain(ClusterIdentity identity) =>
        SslStreamCertificateContext.Create(identity.Certificate, identity.Intermediates, offline: true);

    private sealed class Handshake
    {
        public bool IsPassed { get; set; }

        public string? Complaint { get; set; }
    }
}
