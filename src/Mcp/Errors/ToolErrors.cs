using System.Text.Json;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using QLearning.Abstractions;

namespace QLearning.Mcp.Errors;

/// <summary>Tells whoever calls a tool what was wrong and what to send instead, as a result that language models get to see.</summary>
internal static class ToolErrors
{
    public static McpRequestHandler<CallToolRequestParams, CallToolResult> Explain(
        McpRequestHandler<CallToolRequestParams, CallToolResult> next) => async (request, cancellationToken) =>
    {
        try
        {
            if (request.MatchedPrimitive is McpServerTool tool)
            {
                ToolArguments.Require(tool.ProtocolTool, request.Params?.Arguments);
            }

            return await next(request, cancellationToken);
        }
        catch (EpisodeLostException error)
        {
            return Result($"{error.Message} Without its steps: call qlearning_select_action without 'episode' for a new one, or report "
                + "the outcome with the 'state' and 'action' it belongs to.");
        }
        catch (UnknownAgentTypeException error)
        {
            return Result($"{error.Message} qlearning_agent_status without arguments lists them too.");
        }
        catch (QLearningException error)
        {
            return Result(error.Message);
        }
        catch (JsonException error)
        {
            return Result($"An argument cannot be read: {error.Message}");
        }
    };

    public static ValueTask<CallToolResult> Refuse(string text) => new(Result(text));

    private static CallToolResult Result(string text) => new() { IsError = true, Content = [new TextContentBlock { Text = text }] };
}
