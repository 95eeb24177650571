using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using QLearning.Abstractions;
using QLearning.Http.AgentTypes;
using QLearning.Http.Bodies;
using QLearning.Http.Keys;
using QLearning.Http.Problems;
using QLearning.Http.Routes;

namespace QLearning.Http.Agents;

/// <summary>Some agents of a type.</summary>
/// <param name="Agents">By name; their status is the one stored.</param>
/// <param name="Next">The cursor of the next page; null when this is the last.</param>
internal sealed record AgentPageAnswer(IReadOnlyList<AgentInfo> Agents, string? Next);

/// <summary>What happened to an agent.</summary>
/// <param name="Error">1 to 1,000 characters.</param>
internal sealed record AgentErrorBody(string Error);

/// <summary>Agents, but for their episodes and sessions: <c>/v1/agent-types/{agentType}/agents</c>.</summary>
internal static class AgentRoutes
{
    public static void Map(RouteGroupBuilder agents)
    {
        agents.MapGet("", ListAsync).Says(
            ApiScope.Read, "ListAgents", "The agents of a type, a page at a time", "By name, as they are stored.");
        agents.MapGet("/{agent}", GetAsync).MayFailBy(ProblemTypes.UnknownAgent).Says(
            ApiScope.Read, "GetAgent", "One agent", "Its status, rates and statistics as they are now.");
        agents.MapPut("/{agent}", RegisterAsync).Says(
            ApiScope.Learn, "RegisterAgent", "Register an agent with rates of its own",
            "Not needed for an agent with its type's rates: that is registered when it first acts. Refused when there is one.");
        agents.MapPatch("/{agent}", ChangeAsync).MayFailBy(ProblemTypes.UnknownAgent).Says(
            ApiScope.Learn, "ChangeAgent", "Change an agent's rates", "What is left out stays. They hold from the next step on.");
        agents.MapPost("/{agent}/reset-rates", ResetRatesAsync).MayFailBy(ProblemTypes.UnknownAgent).Says(
            ApiScope.Learn, "ResetAgentRates", "Let an agent begin to explore anew",
            "Its exploration rate is where its type's agents begin, and it follows its type's other rates again.");
        agents.MapPost("/{agent}/pause", PauseAsync).MayFailBy(ProblemTypes.UnknownAgent).Says(
            ApiScope.Learn, "PauseAgent", "Make an agent refuse to act and learn", "An episode under way waits.");
        agents.MapPost("/{agent}/resume", ResumeAsync).MayFailBy(ProblemTypes.UnknownAgent).Says(
            ApiScope.Learn, "ResumeAgent", "End a pause or an error", "The agent acts and learns again.");
        agents.MapPost("/{agent}/error", ErrorAsync).MayFailBy(ProblemTypes.UnknownAgent).Says(
            ApiScope.Learn, "ReportAgentError", "Note that an agent failed",
            "It refuses to act and learn until it is resumed; an episode under way is dropped.");
        agents.MapDelete("/{agent}", DeleteAsync).MayFailBy(ProblemTypes.UnknownAgent).Says(
            ApiScope.Admin, "DeleteAgent", "Delete an agent with its trajectories and their rewards",
            "What it learned stays: it is shared. `dryRun=true` only counts.");
    }

    private static async Task<Answer<AgentPageAnswer>> ListAsync(
        string agentType, string? prefix, AgentStatus? status, int? limit, string? cursor, KnownAgentTypes types,
        CancellationToken cancellationToken)
    {
        var type = await types.GetAsync(agentType, cancellationToken);
        var query = new AgentQuery { AgentType = agentType, Prefix = prefix, Status = status, Limit = limit ?? 100 };
        var page = await type.GetAgentsAsync(query with { After = Cursor.Read<string>(cursor) }, cancellationToken);
        return Answer.Of(new AgentPageAnswer(page.Agents, Cursor.Of(page.Next)));
    }

    private static async Task<Answer<AgentInfo>> GetAsync(
        string agentType, string agent, KnownAgentTypes types, CancellationToken cancellationToken) =>
        Answer.Of(await (await types.AgentAsync(agentType, agent, cancellationToken)).GetAsync(cancellationToken));

    private static async Task<Answer<AgentInfo>> RegisterAsync(
        HttpContext context, string agentType, string agent, JsonBody<AgentRegistration> body, KnownAgentTypes types, KeyedCalls calls)
    {
        var own = await types.AgentAsync(agentType, agent, context.RequestAborted);
        return await calls.RunAsync(context, body.Bytes, (_, token) => own.RegisterAsync(body.Value, token));
    }

    private static async Task<Answer<AgentInfo>> ChangeAsync(
        HttpContext context, string agentType, string agent, JsonBody<AgentRegistration> body, KnownAgentTypes types, KeyedCalls calls)
    {
        var own = await types.AgentAsync(agentType, agent, context.RequestAborted);
        return await calls.RunAsync(context, body.Bytes, (_, token) => own.ChangeRatesAsync(body.Value, token));
    }

    private static async Task<Answer<AgentInfo>> ResetRatesAsync(
        HttpContext context, string agentType, string agent, KnownAgentTypes types, KeyedCalls calls)
    {
        var own = await types.AgentAsync(agentType, agent, context.RequestAborted);
        return await calls.RunAsync(context, [], (_, token) => own.ResetRatesAsync(token));
    }

    private static async Task<Answer<AgentInfo>> PauseAsync(
        HttpContext context, string agentType, string agent, KnownAgentTypes types, KeyedCalls calls)
    {
        var own = await types.AgentAsync(agentType, agent, context.RequestAborted);
        return await calls.RunAsync(context, [], (_, token) => own.PauseAsync(token));
    }

    private static async Task<Answer<AgentInfo>> ResumeAsync(
        HttpContext context, string agentType, string agent, KnownAgentTypes types, KeyedCalls calls)
    {
        var own = await types.AgentAsync(agentType, agent, context.RequestAborted);
        return await calls.RunAsync(context, [], (_, token) => own.ResumeAsync(token));
    }

    private static async Task<Answer<AgentInfo>> ErrorAsync(
        HttpContext context, string agentType, string agent, JsonBody<AgentErrorBody> body, KnownAgentTypes types, KeyedCalls calls)
    {
        var own = await types.AgentAsync(agentType, agent, context.RequestAborted);
        return await calls.RunAsync(context, body.Bytes, (_, token) => own.ReportErrorAsync(body.Value.Error, token));
    }

    private static async Task<Answer<DeletedAnswer>> DeleteAsync(
        HttpContext context, string agentType, string agent, bool? dryRun, KnownAgentTypes types, KeyedCalls calls)
    {
        var own = await types.AgentAsync(agentType, agent, context.RequestAborted);
        return await calls.RunAsync(
            context, [], async (_, token) => new DeletedAnswer(await own.DeleteAsync(dryRun ?? false, token)));
    }
}
