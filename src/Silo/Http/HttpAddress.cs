using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace QLearning.Silo.Http;

/// <summary>Where the silo listens for HTTP; null: nowhere.</summary>
/// <param name="Endpoint">The address; its port is chosen when it is first asked for.</param>
internal sealed record HttpAddress(Lazy<IPEndPoint>? Endpoint)
{
    public Uri? Url => Endpoint is { Value: { } endpoint } ? new Uri($"http://{endpoint}") : null;

    public void Listen(WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton(this);
        ((IHostApplicationBuilder)builder).ConfigureContainer(new HttpFirst(Endpoint is not null));
        // A web application wants a server also when it is not to start it.
        builder.WebHost.UseKestrelCore();
        builder.Services.AddRoutingCore();
        if (Endpoint is { } endpoint)
        {
            builder.Services.Configure<KestrelServerOptions>(server => server.Listen(endpoint.Value));
        }
    }
}
