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
        if (!AccessOf(request.Services).MayLearn(request.User))
        {
            result.Tools = [.. result.Tools.Where(IsReadOnly)];
        }

        return result;
    };

    public static McpRequestHandler<CallToolRequestParams, CallToolResult> Call(
        McpRequestHandler<CallToolRequestParams, CallToolResult> next) => (request, cancellationToken) =>
    {
        var access = AccessOf(request.Services);
        if (request.MatchedPrimitive is McpServerTool { ProtocolTool: var tool } && !IsReadOnly(tool) && !access.MayLearn(request.User))
        {
            return ToolErrors.Refuse(
                $"The tool '{tool.Name}' writes, and this key may only read. Allowed: the tools that are listed, or a key with the scope "
                + "'learn'.");
        }

        return request.Params?.Arguments?.TryGetValue(AgentType, out var named) == true
            && named.ValueKind == JsonValueKind.String && !access.MayUse(request.User, named.GetString()!)
            ? ToolErrors.Refuse($"This key is not for the agent type '{named.GetString()}'. Allowed: the agent types that it was made for.")
            : next(request, cancellationToken);
    };

    private static bool IsReadOnly(Tool tool) => tool.Annotations?.ReadOnlyHint == true;

    private static IMcpAccess AccessOf(IServiceProvider? services) => services!.GetRequiredService<IMcpAccess>();
}
