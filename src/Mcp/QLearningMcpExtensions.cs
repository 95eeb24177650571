using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using QLearning.Client;
using QLearning.Mcp.Access;
using QLearning.Mcp.Errors;
using QLearning.Mcp.Hosts;
using QLearning.Mcp.Prompts;
using QLearning.Mcp.Resources;
using QLearning.Mcp.Tools;

namespace QLearning.Mcp;

/// <summary>Adds the MCP server to a program that has an <see cref="IQLearningClient"/>.</summary>
public static class QLearningMcpExtensions
{
    /// <summary>The configuration section of <see cref="McpOptions"/>, below <c>QLearning</c>.</summary>
    public const string Section = "Mcp";

    /// <summary>Where it is answered over HTTP.</summary>
    public const string Path = "/mcp";

    /// <summary>Adds what the server needs to be asked over HTTP, see <see cref="MapQLearningMcp"/>.</summary>
    /// <param name="services">The application's services.</param>
    public static IServiceCollection AddQLearningMcp(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddOptions<McpOptions>()
            .Configure<IConfiguration>((options, configuration) => configuration.GetSection($"QLearning:{Section}").Bind(options))
            .ValidateDataAnnotations()
            .ValidateOnStart();
        services.TryAddSingleton<HostGuard>();
        // Each request stands for itself, so that any process can answer it.
        AddServer(services).WithHttpTransport(transport => transport.Stateless = true);
        return services;
    }

    /// <summary>Adds a server that answers on standard output whoever writes to standard input, and ends when that ends.</summary>
    /// <param name="services">The program's services; nothing else may write to standard output.</param>
    public static IServiceCollection AddQLearningMcpOnStandardStreams(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        AddServer(services).WithStdioServerTransport();
        return services;
    }

    /// <summary>Answers at <see cref="Path"/>.</summary>
    /// <param name="routes">The application.</param>
    /// <returns>The routes, to say more of them, such as who may use them.</returns>
    public static IEndpointConventionBuilder MapQLearningMcp(this IEndpointRouteBuilder routes)
    {
        ArgumentNullException.ThrowIfNull(routes);
        var guard = routes.ServiceProvider.GetRequiredService<HostGuard>();
        // The OpenAPI document is of the HTTP API; clients of this protocol ask for what there is.
        var mcp = routes.MapMcp(Path).ExcludeFromDescription();
        mcp.Add(endpoint =>
        {
            var next = endpoint.RequestDelegate!;
            endpoint.RequestDelegate = context => guard.InvokeAsync(context, next);
        });
        return mcp;
    }

    private static IMcpServerBuilder AddServer(IServiceCollection services)
    {
        services.TryAddSingleton<IMcpAccess, OpenAccess>();
        services.PostConfigure<McpServerOptions>(options => ToolSchema.Simplify(options.ToolCollection ?? []));
        return services
            .AddMcpServer(options =>
            {
                options.ServerInfo = new Implementation
                {
                    Name = "qlearning", Title = "QLearning.Orleans", Version = typeof(QLearningMcpExtensions).Assembly
                        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0],
                };
                options.ServerInstructions = LoopPrompt.Instructions;
            })
            .WithTools<LearningTools>(McpJson.Options)
            .WithTools<KnowledgeTools>(McpJson.Options)
            .WithTools<PatternTools>(McpJson.Options)
            .WithTools<StatusTools>(McpJson.Options)
            .WithResources<AgentTypeResources>()
            .WithPrompts([typeof(LoopPrompt)])
            .WithRequestFilters(filters => filters
                .AddListToolsFilter(AccessFilter.List)
                .AddCallToolFilter(ToolErrors.Explain)
                .AddCallToolFilter(AccessFilter.Call));
    }
}
