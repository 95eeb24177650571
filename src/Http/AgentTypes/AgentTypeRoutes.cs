using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using QLearning.Abstractions;
using QLearning.Client;
using QLearning.Http.Bodies;
using QLearning.Http.Keys;
using QLearning.Http.Problems;
using QLearning.Http.Routes;
using QLearning.Http.Security;

namespace QLearning.Http.AgentTypes;

/// <summary>All agent types.</summary>
/// <param name="AgentTypes">By name.</param>
internal sealed record AgentTypesAnswer(IReadOnlyList<AgentTypeInfo> AgentTypes);

/// <summary>What was deleted, or would be.</summary>
/// <param name="Deleted">How many rows of each table.</param>
internal sealed record DeletedAnswer(IReadOnlyList<DeletedRows> Deleted);

/// <summary>That something was done of which there is nothing to tell.</summary>
/// <param name="Done">True.</param>
internal sealed record DoneAnswer(bool Done = true);

/// <summary>The registered agent types: <c>/v1/agent-types</c>.</summary>
internal static class AgentTypeRoutes
{
    public static void Map(RouteGroupBuilder all, RouteGroupBuilder type)
    {
        all.MapGet("", ListAsync).LooksAtAgentTypes().Says(
            ApiScope.Read, "ListAgentTypes", "All agent types", "With their settings, by name.");
        all.MapPost("", AddAsync).LooksAtAgentTypes().Says(
            ApiScope.Admin, "AddAgentType", "Add an agent type", "Its agents can act from then on. Left out settings have their defaults.");
        type.MapGet("", GetAsync).Says(ApiScope.Read, "GetAgentType", "One agent type", "With its settings.");
        type.MapPut("", ChangeAsync).MayFailBy(ProblemTypes.UnknownAgentType).Says(
            ApiScope.Admin, "ChangeAgentType", "Change an agent type",
            "All its settings; left out ones have their defaults. Reaches running grains of all silos within 2 seconds.");
        type.MapPost("/activate", ActivateAsync).Says(
            ApiScope.Admin, "ActivateAgentType", "Let an agent type learn again", "See deactivate.");
        type.MapPost("/deactivate", DeactivateAsync).Says(
            ApiScope.Admin, "DeactivateAgentType", "Make an agent type refuse to learn", "It still answers reads.");
        type.MapDelete("", DeleteAsync).Says(
            ApiScope.Admin, "DeleteAgentType", "Delete an agent type with all it has",
            "Q-values, trajectories, rewards, sessions, agents and patterns. `dryRun=true` only counts.");
        type.MapGet("/statistics", StatisticsAsync).Says(
            ApiScope.Read, "GetStatistics", "What the type's grains hold and have done", "Since they were activated.");
        type.MapPost("/flush", FlushAsync).Says(
            ApiScope.Learn, "Flush", "Write all that was learned", "Answered after the commit.");
    }

    private static async Task<Answer<AgentTypesAnswer>> ListAsync(
        HttpContext context, IQLearningClient client, CancellationToken cancellationToken)
    {
        var types = await client.AgentTypes.ListAsync(cancellationToken);
        return Answer.Of(new AgentTypesAnswer([.. types.Where(type => context.User.MayUse(type.AgentType))]));
    }

    private static async Task<Answer<AgentTypeInfo>> GetAsync(
        string agentType, IQLearningClient client, CancellationToken cancellationToken) =>
        Answer.Of(await client.AgentTypes.GetAsync(agentType, cancellationToken));

    private static Task<Answer<AgentTypeInfo>> AddAsync(
        HttpContext context, JsonBody<AgentTypeInfo> body, IQLearningClient client, KnownAgentTypes types, KeyedCalls calls)
    {
        context.RequireAgentType(body.Value.AgentType);
        return calls.RunAsync(context, body.Bytes, async (_, token) =>
        {
            var added = await client.AgentTypes.AddAsync(body.Value, token);
            await types.AddAsync(added.AgentType);
            return added;
        });
    }

    private static Task<Answer<AgentTypeInfo>> ChangeAsync(
        HttpContext context, string agentType, JsonBody<AgentTypeInfo> body, IQLearningClient client, KeyedCalls calls) =>
        body.Value.AgentType == agentType
            ? calls.RunAsync(context, body.Bytes, (_, token) => client.AgentTypes.ChangeAsync(body.Value, token))
            : throw InvalidInputException.For("agent type", body.Value.AgentType, "the address names another", $"'{agentType}'");

    private static Task<Answer<AgentTypeInfo>> ActivateAsync(
        HttpContext context, string agentType, IQLearningClient client, KeyedCalls calls) =>
        calls.RunAsync(context, [], (_, token) => client.AgentTypes.ActivateAsync(agentType, token));

    private static Task<Answer<AgentTypeInfo>> DeactivateAsync(
        HttpContext context, string agentType, IQLearningClient client, KeyedCalls calls) =>
        calls.RunAsync(context, [], (_, token) => client.AgentTypes.DeactivateAsync(agentType, token));

    private static Task<Answer<DeletedAnswer>> DeleteAsync(
        HttpContext context, string agentType, bool? dryRun, IQLearningClient client, KeyedCalls calls) =>
        calls.RunAsync(context, [], async (_, token) =>
            new DeletedAnswer(await client.AgentTypes.DeleteAsync(agentType, dryRun ?? false, token)));

    private static async Task<Answer<AgentTypeStatistics>> StatisticsAsync(
        string agentType, KnownAgentTypes types, CancellationToken cancellationToken) =>
        Answer.Of(await (await types.GetAsync(agentType, cancellationToken)).GetStatisticsAsync(cancellationToken));

    private static async Task<Answer<DoneAnswer>> FlushAsync(string agentType, KnownAgentTypes types, CancellationToken cancellationToken)
    {
        await (await types.GetAsync(agentType, cancellationToken)).FlushAsync(cancellationToken);
        return Answer.Of(new DoneAnswer());
    }
}
