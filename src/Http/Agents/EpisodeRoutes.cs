using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using QLearning.Abstractions;
using QLearning.Client;
using QLearning.Http.AgentTypes;
using QLearning.Http.Bodies;
using QLearning.Http.Keys;
using QLearning.Http.Problems;
using QLearning.Http.Routes;

namespace QLearning.Http.Agents;

/// <summary>
/// An agent's episodes: <c>/v1/agent-types/{agentType}/agents/{agent}/episodes</c>. A caller names episode and step with each request and
/// may send each to another process; the step's number makes it count once.
/// </summary>
internal static class EpisodeRoutes
{
    public static void Map(RouteGroupBuilder agent)
    {
        agent.MapPost("/episodes", BeginAsync).Says(
            ApiScope.Learn, "BeginEpisode", "An id for a new episode",
            "Nothing happens yet: the first step's action begins it. Callers may as well choose a UUID of their own.");
        agent.MapPost("/episodes/{episode}/steps/{step}/action", ActAsync)
            .MayFailBy(ProblemTypes.AgentState, ProblemTypes.EpisodeLost).Says(
                ApiScope.Learn, "SelectStepAction", "Choose the action of a step",
                "By the type's policy with the agent's own exploration rate. Step 0 begins the episode; another one that runs is dropped. "
                + "Asked again for the same step, the newest action counts.");
        agent.MapPost("/episodes/{episode}/steps/{step}/outcome", ObserveAsync)
            .MayFailBy(ProblemTypes.AgentState, ProblemTypes.EpisodeLost, ProblemTypes.BacklogFull).Says(
                ApiScope.Learn, "ReportStepOutcome", "Report what the action of a step led to",
                "Learned once, however often it is sent. With `done` or `truncated` the episode ends, and its trajectory is stored.");
        agent.MapPost("/episodes/{episode}/restore", RestoreAsync).Takes(BodyLimit.Many)
            .MayFailBy(ProblemTypes.AgentState, ProblemTypes.BacklogFull).Says(
                ApiScope.Learn, "RestoreEpisode", "Bring back an episode that was lost with its silo",
                "After the problem episode-lost: send the steps so far, then the request that was refused again. A step that is known "
                + "already is not learned twice.");
    }

    private static async Task<Answer<EpisodeAnswer>> BeginAsync(
        HttpContext context, string agentType, string agent, KnownAgentTypes types, KeyedCalls calls, TimeProvider time)
    {
        await types.AgentAsync(agentType, agent, context.RequestAborted);
        return await calls.RunAsync(
            context, [], (request, _) => Task.FromResult(new EpisodeAnswer(DerivedId.Of(request, 0), 0, time.GetUtcNow())));
    }

    private static async Task<Answer<StepActionAnswer>> ActAsync(
        HttpContext context, string agentType, string agent, Guid episode, int step, JsonBody<StepActionBody> body, KnownAgentTypes types,
        IQLearningClient client, KeyedCalls calls)
    {
        await types.RequireAsync(agentType, context.RequestAborted);
        var (own, value) = (client.Episode(agentType, agent, episode), body.Value);
        return await calls.RunAsync(context, body.Bytes, async (request, token) => StepActionAnswer.Of(await own.SelectActionAsync(
            step, value.State.State, value.Candidates.Select(candidate => candidate.Action), value.TaskId, value.Seed,
            durable: request is not null, token)));
    }

    private static async Task<Answer<StepOutcomeAnswer>> ObserveAsync(
        HttpContext context, string agentType, string agent, Guid episode, int step, JsonBody<StepOutcomeBody> body, KnownAgentTypes types,
        IQLearningClient client, KeyedCalls calls)
    {
        await types.RequireAsync(agentType, context.RequestAborted);
        var own = client.Episode(agentType, agent, episode);
        return await calls.RunAsync(context, body.Bytes, async (request, token) => StepOutcomeAnswer.Of(
            step, await own.ObserveAsync(step, body.Value.ToOutcome(), body.Value.Durable || request is not null, token)));
    }

    private static async Task<Answer<DoneAnswer>> RestoreAsync(
        HttpContext context, string agentType, string agent, Guid episode, JsonBody<RestoreBody> body, KnownAgentTypes types,
        IQLearningClient client, KeyedCalls calls)
    {
        await types.RequireAsync(agentType, context.RequestAborted);
        var own = client.Episode(agentType, agent, episode);
        return await calls.RunAsync(context, body.Bytes, async (_, token) =>
        {
            await own.RestoreAsync(body.Value.ToMemory(), token);
            return new DoneAnswer();
        });
    }
}
