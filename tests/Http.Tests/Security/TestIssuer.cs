using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.IdentityModel.Tokens;

namespace QLearning.Http.Tests.Security;

/// <summary>An issuer of tokens on this machine: OpenID Connect discovery and its keys, over HTTPS with a certificate of its own.</summary>
internal sealed class TestIssuer : IAsyncDisposable
{
    private readonly WebApplication _web;
    private readonly X509Certificate2 _certificate;
    private volatile SigningKey _key = new();

    private TestIssuer(WebApplication web, X509Certificate2 certificate) => (_web, _certificate) = (web, certificate);

    /// <summary>The key that it signs with now.</summary>
    public ECDsaSecurityKey Key => _key.Key;

    /// <summary>Its name, which is its address.</summary>
    public string Name => _web.Urls.Single();

    public static async Task<TestIssuer> StartAsync()
    {
        var certificate = Certificate();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration()
            .ConfigureKestrel(server => server.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(certificate)));
        var web = builder.Build();
        var issuer = new TestIssuer(web, certificate);
        web.Run(issuer.AnswerAsync);
        await web.StartAsync();
        return issuer;
    }

    /// <summary>Takes another key, and forgets the one before.</summary>
    public void Rotate() => _key = new SigningKey();

    /// <summary>For those who read from it: it takes its certificate alone.</summary>
    public HttpClientHandler Handler() => new()
    {
        ServerCertificateCustomValidationCallback = (_, shown, _, _) => shown?.Thumbprint == _certificate.Thumbprint,
    };

    public async ValueTask DisposeAsync()
    {
        await _web.DisposeAsync();
        _certificate.Dispose();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        switch (context.Request.Path)
        {
            case "/.well-known/openid-configuration":
                await context.Response.WriteAsJsonAsync(new { issuer = Name, jwks_uri = $"{Name}/keys" });
                break;
            case "/keys":
                await context.Response.WriteAsJsonAsync(new { keys = new[] { _key.Public } });
                break;
            default:
                context.Response.StatusCode = StatusCodes.Status404NotFound;
                break;
        }
    }

    private static X509Certificate2 Certificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var now = TimeProvider.System.GetUtcNow();
        return new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256).CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }

    private sealed class SigningKey
    {
        public ECDsaSecurityKey Key { get; } = new(ECDsa.Create(ECCurve.NamedCurves.nistP256)) { KeyId = Guid.NewGuid().ToString() };

        public object Public
        {
            get
            {
                var point = Key.ECDsa.ExportParameters(includePrivateParameters: false).Q;
                return new
                {
                    kty = "EC",
                    crv = "P-256",
                    kid = Key.KeyId,
                    use = "sig",
                    x = Base64UrlEncoder.Encode(point.X),
                    y = Base64UrlEncoder.Encode(point.Y),
                };
            }
        }
    }
}
