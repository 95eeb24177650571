using System.Security.Claims;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using QLearning.Mcp.Errors;

namespace QLearning.Mcp.Access;

/// <summary>Hides tools from callers who may not use them, and refuses them when they are called all the same.</summary>
internal static class AccessFilter
{
    private const string AgentType = "agentType";

    public static McpRequestHandler<ListToolsRequestParams, ListToolsResult> List(
        McpRequestHandler<ListToolsRequestParams, ListToolsResult> next) => async (request, cancellationToken) =>
    {
        var result = await next(request, cancellationToken);
        var access = AccessOf(request.Services);
        result.Tools = [.. result.Tools.Where(tool => May(access, request.User, tool))];
        return result;
    };

    public static McpRequestHandler<CallToolRequestParams, CallToolResult> Call(
        McpRequestHandler<CallToolRequestParams, CallToolResult> next) => (request, cancellationToken) =>
    {
        var access = AccessOf(request.Services);
        if (request.MatchedPrimitive is McpServerTool { ProtocolTool: var tool } && !May(access, request.User, tool))
        {
            return ToolErrors.Refuse(
                $"The tool '{tool.Name}' {(IsReadOnly(tool) ? "reads" : "writes")}, and this key may not. Allowed: the tools that are "
                + $"listed, or a key with the scope '{(IsReadOnly(tool) ? "read" : "learn")}'.");
        }

        return request.Params?.Arguments?.TryGetValue(AgentType, out var named) == true
            && named.ValueKind == JsonValueKind.String && !access.MayUse(request.User, named.GetString()!)
            ? ToolErrors.Refuse($"This key is not for the agent type '{named.GetString()}'. Allowed: the agent types that it was made for.")
            : next(request, cancellationToken);
    };

    private static bool May(IMcpAccess access, ClaimsPrincipal? user, Tool tool) =>
        IsReadOnly(tool) ? access.MayRead(user) : access.MayLearn(user);

    private static bool IsReadOnly(Tool tool) => tool.Annotations?.ReadOnlyHint == true;

    private static IMcpAccess AccessOf(IServiceProvider? services) => services!.GetRequiredService<IMcpAccess>();
}
