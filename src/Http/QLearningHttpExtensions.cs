using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using QLearning.Client;
using QLearning.Http.Agents;
using QLearning.Http.AgentTypes;
using QLearning.Http.Bodies;
using QLearning.Http.Keys;
using QLearning.Http.Maintenance;
using QLearning.Http.OpenApi;
using QLearning.Http.Patterns;
using QLearning.Http.Problems;
using QLearning.Http.QTables;
using QLearning.Http.Rewards;
using QLearning.Http.Routes;
using QLearning.Http.Security;
using QLearning.Http.Sessions;
using QLearning.Http.Trajectories;
using Scalar.AspNetCore;

namespace QLearning.Http;

/// <summary>Adds the HTTP API to a web application that has an <see cref="IQLearningClient"/>.</summary>
public static class QLearningHttpExtensions
{
    /// <summary>The configuration section of <see cref="HttpApiOptions"/>, below <c>QLearning</c>.</summary>
    public const string Section = "Http";

    /// <summary>The configuration section of <see cref="SecurityOptions"/>, below <c>QLearning</c>.</summary>
    public const string SecuritySection = "Security";

    private static readonly TimeSpan _bodyGrace = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Adds what the API needs. <see cref="HttpApiOptions"/> and <see cref="SecurityOptions"/> are validated at start, the latter against
    /// the <see cref="ListeningPlace"/> that is registered.
    /// </summary>
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
        ApiDocument.Add(services);
        HttpSecurity.Add(services);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<KnownAgentTypes>();
        services.TryAddSingleton<KeyedCalls>();
        return services;
    }

    /// <summary>Answers requests of the API, and whatever goes wrong as problem documents (RFC 9457).</summary>
    /// <param name="application">The application.</param>
    public static void UseQLearningHttp(this WebApplication application)
    {
        ArgumentNullException.ThrowIfNull(application);
        HttpSecurity.UseOutside(application);
        application.UseMiddleware<ProblemMiddleware>();
        application.UseMiddleware<RequestAddresses>();
        HeadRequests.UseRouting(application);
        application.UseMiddleware<RouteTexts>();
        HttpSecurity.UseInside(application);
        application.UseMiddleware<QueryNames>();
        application.UseMiddleware<ChoiceNames>();
        application.UseRequestTimeouts();
        Map(application.MapGroup("/v1"));
        // Only the one there is, so that another name is an unknown route.
        application.MapOpenApi("/openapi/v1.json").AllowAnonymous();
        application.MapScalarApiReference("/docs", static page => page.WithTitle("QLearning.Orleans").DisableDefaultFonts())
            .AllowAnonymous();
    }

    private static void Map(RouteGroupBuilder api)
    {
        var types = api.MapGroup("/agent-types").WithTags("Agent types");
        AgentTypeRoutes.Map(types, types.MapGroup("/{agentType}"));
        QTableRoutes.Map(api.MapGroup("/agent-types/{agentType}").WithTags("Q-tables"));
        LearningRoutes.Map(api.MapGroup("/agent-types/{agentType}").WithTags("Learning"));
        LearnStreamRoute.Map(api.MapGroup("/agent-types/{agentType}").WithTags("Learning"));
        AgentRoutes.Map(api.MapGroup("/agent-types/{agentType}/agents").WithTags("Agents"));
        AgentSessionRoutes.Map(api.MapGroup("/agent-types/{agentType}/agents/{agent}").WithTags("Sessions"));
        EpisodeRoutes.Map(api.MapGroup("/agent-types/{agentType}/agents/{agent}").WithTags("Episodes"));
        TrajectoryRoutes.Map(api.MapGroup("/agent-types/{agentType}").WithTags("Trajectories"));
        RewardRoutes.Map(api.MapGroup("/agent-types/{agentType}").WithTags("Rewards"));
        PatternRoutes.Map(api.MapGroup("/agent-types/{agentType}/patterns").WithTags("Patterns"));
        SessionRoutes.Map(api.MapGroup("/sessions").WithTags("Sessions"));
        MaintenanceRoutes.Map(api.MapGroup("/maintenance").WithTags("Maintenance"));
    }

    private static void Limit(KestrelServerOptions server, HttpApiOptions api)
    {
        server.AddServerHeader = false;
        server.Limits.MaxConcurrentConnections = api.MaxConnections;
        server.Limits.MaxConcurrentUpgradedConnections = api.MaxConnections;
        server.Limits.MaxRequestBodySize = api.MaxBodyBytes;
        server.Limits.MinRequestBodyDataRate = new MinDataRate(api.MinBodyBytesPerSecond, _bodyGrace);
    }
}
