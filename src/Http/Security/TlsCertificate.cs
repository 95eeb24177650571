using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using QLearning.Abstractions;

namespace QLearning.Http.Security;

/// <summary>The certificate of a server, with the chain that its file has.</summary>
/// <param name="Certificate">The certificate with its private key.</param>
/// <param name="Chain">The certificates after it in the file.</param>
public sealed record TlsCertificate(X509Certificate2 Certificate, X509Certificate2Collection Chain)
{
    /// <summary>Reads it; null: there is none.</summary>
    /// <param name="options">Where its files are.</param>
    /// <exception cref="InvalidInputException">A file cannot be read, or has no such thing.</exception>
    public static TlsCertificate? Read(SecurityOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.CertificateFile is not { } file)
        {
            return null;
        }

        try
        {
            var chain = new X509Certificate2Collection();
            chain.ImportFromPemFile(file);
            var certificate = X509Certificate2.CreateFromPemFile(file, options.CertificateKeyFile);
            return new TlsCertificate(certificate, [.. chain.Skip(1)]);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            throw InvalidInputException.For(
                "certificate file",
                options.CertificateKeyFile is { } key ? $"{file} with {key}" : file,
                $"it cannot be used ({error.Message.TrimEnd('.')})",
                "PEM files of a certificate and its private key, not encrypted, that this user may read");
        }
    }
}
