using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace QLearning.Silo.Http;

/// <summary>
/// Starts the web server before all other hosted services, so that probes are answered before the silo joins its cluster and until it has
/// left; a web application adds it as the last one, when it is built. Without an address to listen on it is left out.
/// </summary>
/// <param name="listens">Whether there is an address to listen on.</param>
internal sealed class HttpFirst(bool listens) : IServiceProviderFactory<IServiceCollection>
{
    public IServiceCollection CreateBuilder(IServiceCollection services)
    {
        // The type is internal to ASP.NET Core; a test holds that there is one, and that it is the first.
        var web = services.Single(service =>
            service.ServiceType == typeof(IHostedService) && service.ImplementationType?.Name == "GenericWebHostService");
        services.Remove(web);
        if (listens)
        {
            services.Insert(0, web);
        }

        return services;
    }

    public IServiceProvider CreateServiceProvider(IServiceCollection containerBuilder) => containerBuilder.BuildServiceProvider();
}
