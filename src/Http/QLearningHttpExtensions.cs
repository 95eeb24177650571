using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using QLearning.Client;
using QLearning.Http.AgentTypes;
using QLearning.Http.Bodies;
using QLearning.Http.Problems;
using QLearning.Http.QTables;

namespace QLearning.Http;

/// <summary>Adds the HTTP API to a web application that has an <see cref="IQLearningClient"/>.</summary>
public static class QLearningHttpExtensions
{
    /// <summary>The configuration section of <see cref="HttpApiOptions"/>, below <c>QLearning</c>.</summary>
    public const string Section = "Http";

    private static readonly TimeSpan _bodyGrace = TimeSpan.FromSeconds(5);

    /// <summary>Adds what the API needs. <see cref="HttpApiOptions"/> are validated at start.</summary>
    /// <param name="services">The application's services.</param>
    public static IServiceCollection AddQLearningHttp(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddOptions<HttpApiOptions>()
            .Configure<IConfiguration>((options, configuration) => configuration.GetSection($"QLearning:{Section}").Bind(options))
            .ValidateDataAnnotations()
            .ValidateOnStart();
        services.AddOptions<KestrelServerOptions>().Configure<IOptions<HttpApiOptions>>((server, api) => Limit(server, api.Value));
        services.AddOptions<RequestTimeoutOptions>().Configure<IOptions<HttpApiOptions>>((timeouts, api) =>
            timeouts.DefaultPolicy = new RequestTimeoutPolicy { Timeout = api.Value.RequestTimeout, TimeoutStatusCode = 503 });
        services.AddRequestTimeouts();
        services.ConfigureHttpJsonOptions(options => HttpJson.Configure(options.SerializerOptions));
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<KnownAgentTypes>();
        return services;
    }

    /// <summary>Answers requests of the API, and whatever goes wrong as problem documents (RFC 9457).</summary>
    /// <param name="application">The application.</param>
    public static void UseQLearningHttp(this WebApplication application)
    {
        ArgumentNullException.ThrowIfNull(application);
        application.UseMiddleware<ProblemMiddleware>();
        application.UseRouting();
        application.UseRequestTimeouts();
        Map(application.MapGroup("/v1"));
    }

    private static void Map(RouteGroupBuilder api) => QTableRoutes.Map(api.MapGroup("/agent-types/{agentType}"));

    private static void Limit(KestrelServerOptions server, HttpApiOptions api)
    {
        server.AddServerHeader = false;
        server.Limits.MaxConcurrentConnections = api.MaxConnections;
        server.Limits.MaxConcurrentUpgradedConnections = api.MaxConnections;
        server.Limits.MaxRequestBodySize = api.MaxBodyBytes;
        server.Limits.MinRequestBodyDataRate = new MinDataRate(api.MinBodyBytesPerSecond, _bodyGrace);
    }
}
