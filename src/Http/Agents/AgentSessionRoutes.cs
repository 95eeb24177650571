using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using QLearning.Abstractions;
using QLearning.Http.AgentTypes;
using QLearning.Http.Bodies;
using QLearning.Http.Keys;
using QLearning.Http.Problems;
using QLearning.Http.Routes;
using QLearning.Http.Sessions;

namespace QLearning.Http.Agents;

/// <summary>A session that ended, if the agent was in one.</summary>
/// <param name="Session">With its counters; null when the agent was in none.</param>
internal sealed record EndedSessionAnswer(SessionAnswer? Session);

/// <summary>How a session ended.</summary>
/// <param name="Status"><c>completed</c>, <c>failed</c> or <c>cancelled</c>.</param>
internal sealed record SessionEndBody(SessionStatus Status);

/// <summary>An agent's session: <c>/v1/agent-types/{agentType}/agents/{agent}/session</c>.</summary>
internal static class AgentSessionRoutes
{
    public static void Map(RouteGroupBuilder agent)
    {
        agent.MapPut("/session/{session}", JoinAsync).MayFailBy(ProblemTypes.AgentState, ProblemTypes.UnknownSession).Says(
            ApiScope.Learn, "JoinSession", "Enter a running session",
            "The trajectories of the agent's episodes belong to it from now on. POST /v1/sessions starts one.");
        agent.MapDelete("/session", LeaveAsync).MayFailBy(ProblemTypes.UnknownAgent).Says(
            ApiScope.Learn, "LeaveSession", "Leave the session, which goes on", "An episode under way is dropped.");
        agent.MapPost("/session/end", EndAsync).MayFailBy(ProblemTypes.UnknownSession).Says(
            ApiScope.Learn, "EndAgentSession", "Leave the session and end it", "`session` is null when the agent was in none.");
    }

    private static async Task<Answer<AgentInfo>> JoinAsync(
        HttpContext context, string agentType, string agent, Guid session, KnownAgentTypes types, KeyedCalls calls)
    {
        var own = await types.AgentAsync(agentType, agent, context.RequestAborted);
        return await calls.RunAsync(context, [], (_, token) => own.JoinSessionAsync(session, token));
    }

    private static async Task<Answer<AgentInfo>> LeaveAsync(
        HttpContext context, string agentType, string agent, KnownAgentTypes types, KeyedCalls calls)
    {
        var own = await types.AgentAsync(agentType, agent, context.RequestAborted);
        return await calls.RunAsync(context, [], (_, token) => own.LeaveSessionAsync(token));
    }

    private static async Task<Answer<EndedSessionAnswer>> EndAsync(
        HttpContext context, string agentType, string agent, JsonBody<SessionEndBody> body, KnownAgentTypes types, KeyedCalls calls)
    {
        var own = await types.AgentAsync(agentType, agent, context.RequestAborted);
        return await calls.RunAsync(context, body.Bytes, async (_, token) =>
            new EndedSessionAnswer(SessionAnswer.OrNull(await own.EndSessionAsync(body.Value.Status, token))));
    }
}
