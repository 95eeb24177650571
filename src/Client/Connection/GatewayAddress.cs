using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Messaging;

namespace QLearning.Client.Connection;

/// <summary>Gateways that the options name, so that no database is asked for them.</summary>
internal static class GatewayAddress
{
    /// <summary>Whether a text is an IP address with a port.</summary>
    public static bool IsOne(string text) => IPEndPoint.TryParse(text, out var place) && place.Port > 0;

    /// <summary>Lets the named gateways take the place of those that the database lists.</summary>
    /// <param name="services">The client's services, in which the database's list is registered.</param>
    public static void MayReplaceDatabase(IServiceCollection services)
    {
        var database = services.Last(service => service.ServiceType == typeof(IGatewayListProvider));
        services.Remove(database);
        services.AddSingleton<IGatewayListProvider>(provider =>
        {
            var gateways = provider.GetRequiredService<IOptions<QLearningClientOptions>>().Value.Gateways;
            if (gateways.Count == 0)
            {
                return (IGatewayListProvider)ActivatorUtilities.CreateInstance(provider, database.ImplementationType!);
            }

            var named = Options.Create(new StaticGatewayListProviderOptions
            {
                Gateways = [.. gateways.Select(one => IPEndPoint.Parse(one).ToGatewayUri())],
            });
            return new StaticGatewayListProvider(named, provider.GetRequiredService<IOptions<GatewayOptions>>());
        });
    }
}
