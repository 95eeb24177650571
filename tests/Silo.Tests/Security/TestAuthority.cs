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
    private readonly X509Certificate2 _root;

    public TestAuthority(string name, TemporaryFolder folder)
    {
        (_name, _folder) = (name, folder);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        _root = request.CreateSelfSigned(_begin, _begin.AddDays(100));
        File = folder.At($"{name}.pem");
        System.IO.File.WriteAllText(File, _root.ExportCertificatePem());
    }

    /// <summary>Its own certificate.</summary>
    public string File { get; }

    /// <summary>Options with a new certificate for certain uses.</summary>
    public ClusterTlsOptions Issue(string holder, int days = 90, params string[] uses)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={holder}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([.. uses.Select(use => new Oid(use))], true));
        using var certificate = request.Create(_root, _begin, _begin.AddDays(days), RandomNumberGenerator.GetBytes(8));
        var file = _folder.At($"{_name}-{holder}.pem");
        System.IO.File.WriteAllText(file, certificate.ExportCertificatePem());
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

    public void Dispose() => _root.Dispose();
}
