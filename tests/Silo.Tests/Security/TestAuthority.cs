using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using QLearning.Client.Security;

namespace QLearning.Silo.Tests.Security;

/// <summary>A certificate authority that writes its certificates into a folder.</summary>
internal sealed class TestAuthority : IDisposable
{
    private static readonly DateTimeOffset _begin = TimeProvider.System.GetUtcNow().AddDays(-10);

    private readonly string _name;
    private readonly TemporaryFolder _folder;
    private readonly X509Certificate2 _own;
    private readonly string _chain;

    /// <summary>Makes one.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="folder">Where its files go.</param>
    /// <param name="above">The authority that it is below; null: none, it is a root.</param>
    public TestAuthority(string name, TemporaryFolder folder, TestAuthority? above = null)
    {
        (_name, _folder) = (name, folder);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        if (above is null)
        {
            _own = request.CreateSelfSigned(_begin, _begin.AddDays(100));
            (File, _chain) = (folder.At($"{name}.pem"), string.Empty);
            System.IO.File.WriteAllText(File, _own.ExportCertificatePem());
        }
        else
        {
            using var certificate = request.Create(above._own, _begin, _begin.AddDays(100), RandomNumberGenerator.GetBytes(8));
            _own = certificate.CopyWithPrivateKey(key);
            (File, _chain) = (above.File, $"\n{certificate.ExportCertificatePem()}");
        }
    }

    /// <summary>The certificate of the root.</summary>
    public string File { get; }

    /// <summary>Options with a new certificate for certain uses.</summary>
    public ClusterTlsOptions Issue(string holder, int days = 90, params string[] uses)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={holder}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([.. uses.Select(use => new Oid(use))], true));
        using var certificate = request.Create(_own, _begin, _begin.AddDays(days), RandomNumberGenerator.GetBytes(8));
        var file = _folder.At($"{_name}-{holder}.pem");
        System.IO.File.WriteAllText(file, certificate.ExportCertificatePem() + _chain);
        System.IO.File.WriteAllText($"{file}.key", key.ExportPkcs8PrivateKeyPem());
        return new ClusterTlsOptions
        {
            ClusterCertificateFile = file,
            ClusterCertificateKeyFile = $"{file}.key",
            ClusterAuthorityFile = File,
        };
    }

    /// <summary>Options of a silo.</summary>
    public ClusterTlsOptions ForSilo(string holder = "silo") => Issue(holder, 90, ClusterIdentity.ForServer, ClusterIdentity.ForClient);

    /// <summary>Options of a client.</summary>
    public ClusterTlsOptions ForClient(string holder = "client") => Issue(holder, 90, ClusterIdentity.ForClient);

    public void Dispose() => _own.Dispose();
}
