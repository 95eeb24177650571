using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using QLearning.Client;
using QLearning.Mcp.Access;
using QLearning.Mcp.Errors;
using QLearning.Mcp.Prompts;
using QLearning.Mcp.Resources;
using QLearning.Mcp.Tools;

namespace QLearning.Mcp;

/// <summary>Adds the MCP server to a program that has an <see cref="IQLearningClient"/>.</summary>
public static class QLearningMcpExtensions
{
    /// <summary>Where it is answered over HTTP.</summary>
    public const string Path = "/mcp";

    /// <summary>Adds what the server needs to be asked over HTTP, see <see cref="MapQLearningMcp"/>.</summary>
    /// <param name="services">The application's services.</param>
    public static IServiceCollection AddQLearningMcp(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
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
        // The OpenAPI document is of the HTTP API; clients of this protocol ask for what there is.
        return routes.MapMcp(Path).ExcludeFromDescription();
    }

    private static IMcpServerBuilder AddServer(IServiceCollection services)
    {
        services.TryAddSingleton<IMcpAccess, ClaimsAccess>();
        AddTools(services, typeof(LearningTools), typeof(KnowledgeTools), typeof(PatternTools), typeof(StatusTools));
        services.PostConfigure<McpServerOptions>(options => ToolSchema.Simplify(options.ToolCollection ?? []));
        return services
            .AddMcpServer(options =>
            {
                options.ServerInfo = new Implementation
                {
                    Name = "qlearning",
                    Title = "QLearning.Orleans",
                    Version = typeof(QLearningMcpExtensions).Assembly
                        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0],
                };
                options.ServerInstructions = LoopPrompt.Instructions;
            })
            .WithResources<AgentTypeResources>()
            .WithPrompts([typeof(LoopPrompt)])
            .WithRequestFilters(filters => filters
                .AddListToolsFilter(AccessFilter.List)
                .AddCallToolFilter(ToolErrors.Explain)
                .AddCallToolFilter(AccessFilter.Call));
    }

    // As WithTools does, which takes no options for schemas.
    private static void AddTools(IServiceCollection services, params ReadOnlySpan<Type> types)
    {
        foreach (var type in types)
        {
            foreach (var method in type.GetMethods().Where(method => method.IsDefined(typeof(McpServerToolAttribute))))
            {
                services.AddSingleton(all => McpServerTool.Create(
                    method,
                    request => ActivatorUtilities.CreateInstance(request.Services!, type),
                    new() { Services = all, SerializerOptions = McpJson.Options, SchemaCreateOptions = McpJson.Schemas }));
            }
        }
    }
}
