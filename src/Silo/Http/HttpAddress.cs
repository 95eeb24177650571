using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using QLearning.Http.Security;

namespace QLearning.Silo.Http;

/// <summary>Where the silo listens for HTTP; null: nowhere.</summary>
/// <param name="Endpoint">The address; its port is chosen when it is first asked for.</param>
internal sealed record HttpAddress(Lazy<IPEndPoint>? Endpoint)
{
    /// <summary>The address of a server that has been built; null: it does not listen.</summary>
    public static Uri? UrlOf(IServiceProvider services)
    {
        var scheme = services.GetRequiredService<IOptions<SecurityOptions>>().Value.CertificateFile is null ? "http" : "https";
        return services.GetRequiredService<HttpAddress>().Endpoint is { Value: { } endpoint } ? new Uri($"{scheme}://{endpoint}") : null;
    }

    /// <summary>Makes the application listen.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="place">What of it decides what may be left open.</param>
    /// <param name="isBehindProxy">Whether a proxy before it has TLS, as the section of security may say too.</param>
    /// <param name="decides">Whether that goes before what the section says.</param>
    public void Listen(WebApplicationBuilder builder, ListeningPlace place, bool isBehindProxy, bool decides)
    {
        builder.Services.PostConfigure<SecurityOptions>(security =>
            security.BehindProxy = isBehindProxy || (security.BehindProxy && !decides));
        builder.Services.AddSingleton(this).AddSingleton(place);
        ((IHostApplicationBuilder)builder).ConfigureContainer(new HttpFirst(Endpoint is not null));
        // A web application wants a server also when it is not to start it.
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        builder.Services.AddRoutingCore();
        if (Endpoint is { } endpoint)
        {
            builder.Services.AddOptions<KestrelServerOptions>().Configure<IOptions<SecurityOptions>>((server, security) =>
                server.Listen(endpoint.Value, listening => Secure(listening, TlsCertificate.Read(security.Value))));
        }
    }

    private static void Secure(ListenOptions listening, TlsCertificate? certificate)
    {
        if (certificate is not null)
        {
            listening.UseHttps(https => (https.ServerCertificate, https.ServerCertificateChain) =
                (certificate.Certificate, certificate.Chain));
        }
    }
}
