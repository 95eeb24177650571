using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace QLearning.Silo.Http;

/// <summary>Where the silo listens for HTTP; null: nowhere.</summary>
/// <param name="Endpoint">The address; its port is chosen when it is first asked for.</param>
internal sealed record HttpAddress(Lazy<IPEndPoint>? Endpoint)
{
    public Uri? Url => Endpoint is { Value: { } endpoint } ? new Uri($"http://{endpoint}") : null;

    public void Listen(WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton(this);
        ((Microsoft.Extensions.Hosting.IHostApplicationBuilder)builder).ConfigureContainer(new HttpFirst(Endpoint is not null));
        builder.Services.AddRoutingCore();
        if (Endpoint is { } endpoint)
        {
            builder.WebHost.UseKestrelCore();
            builder.Services.Configure<KestrelServerOptions>(server => server.Listen(endpoint.Value));
        }
    }
}
