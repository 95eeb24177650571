using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using QLearning.Abstractions;

namespace QLearning.Client.Security;

/// <summary>What a program shows to others of its cluster, and whom it takes for one of them.</summary>
/// <param name="certificate">The certificate with its private key.</param>
/// <param name="intermediates">The certificates after it in its file.</param>
/// <param name="authorities">The certificates of the authority.</param>
internal sealed class ClusterIdentity(
    X509Certificate2 certificate, X509Certificate2Collection intermediates, X509Certificate2Collection authorities)
{
    /// <summary>The use of a certificate (RFC 5280, extended key usage) by the end that accepts connections.</summary>
    public const string ForServer = "1.3.6.1.5.5.7.3.1";

    /// <summary>The use of a certificate by the end that connects.</summary>
    public const string ForClient = "1.3.6.1.5.5.7.3.2";

    /// <summary>The certificate with its private key.</summary>
    public X509Certificate2 Certificate => certificate;

    /// <summary>The certificates after it in its file.</summary>
    public X509Certificate2Collection Intermediates => intermediates;

    /// <summary>Reads it; null: the options have none.</summary>
    /// <param name="options">Where its files are.</param>
    /// <exception cref="InvalidInputException">A file cannot be read, or has no such thing.</exception>
    public static ClusterIdentity? Read(ClusterTlsOptions options)
    {
        if (options.ClusterCertificateFile is not { } file || options.ClusterAuthorityFile is not { } authorityFile)
        {
            return null;
        }

        var key = options.ClusterCertificateKeyFile;
        var chain = Pem(nameof(ClusterTlsOptions.ClusterCertificateFile), file, () => All(file));
        var certificate = Pem(
            key is null
                ? nameof(ClusterTlsOptions.ClusterCertificateFile)
                : $"{nameof(ClusterTlsOptions.ClusterCertificateFile)} with {nameof(ClusterTlsOptions.ClusterCertificateKeyFile)}",
            key ?? file,
            () => X509Certificate2.CreateFromPemFile(file, key));
        var authorities = Pem(nameof(ClusterTlsOptions.ClusterAuthorityFile), authorityFile, () => All(authorityFile));
        return new ClusterIdentity(certificate, [.. chain.Skip(1)], authorities);
    }

    /// <summary>Why a certificate is not taken; null: it is.</summary>
    /// <param name="shown">The certificate.</param>
    /// <param name="sent">What was sent with it.</param>
    /// <param name="use"><see cref="ForServer"/> or <see cref="ForClient"/>.</param>
    public string? Complaint(X509Certificate2 shown, IEnumerable<X509Certificate2> sent, string use)
    {
        using var chain = new X509Chain();
        var policy = chain.ChainPolicy;
        policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        policy.CustomTrustStore.AddRange(authorities);
        policy.ExtraStore.AddRange((X509Certificate2[])[.. authorities, .. sent]);
        policy.ApplicationPolicy.Add(new Oid(use));
        policy.RevocationMode = X509RevocationMode.NoCheck;
        // Nothing is fetched from addresses that a stranger's certificate names.
        policy.DisableCertificateDownloads = true;
        return chain.Build(shown)
            ? null
            : string.Join(", ", chain.ChainStatus.Select(status => status.StatusInformation.Trim().TrimEnd('.')).Distinct());
    }

    private static X509Certificate2Collection All(string file)
    {
        var all = new X509Certificate2Collection();
        all.ImportFromPemFile(file);
        return all.Count > 0 ? all : throw new CryptographicException("It has no certificate.");
    }

    private static T Pem<T>(string option, string value, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            throw InvalidInputException.For(
                $"{ClusterTlsRules.Section}:{option}",
                value,
                $"it cannot be used ({error.Message.TrimEnd('.')})",
                "PEM files, the key not encrypted, that this user may read");
        }
    }
}
