using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using QLearning.Abstractions;
using QLearning.Http.AgentTypes;
using QLearning.Http.Bodies;
using QLearning.Http.Keys;
using QLearning.Http.Problems;
using QLearning.Http.Routes;

namespace QLearning.Http.Patterns;

/// <summary>Reusable heuristics: <c>/v1/agent-types/{agentType}/patterns</c>.</summary>
internal static class PatternRoutes
{
    public static void Map(RouteGroupBuilder patterns)
    {
        patterns.MapPost("", StoreAsync).Says(
            ApiScope.Learn, "StorePattern", "Store a pattern", "A new name, or the next version of a name that exists.");
        patterns.MapGet("", GetByNameAsync).MayFailBy(ProblemTypes.UnknownPattern).Says(
            ApiScope.Read, "GetPatternByName", "A version of a pattern", "The newest when `version` is left out.");
        patterns.MapGet("/{pattern}", GetAsync).MayFailBy(ProblemTypes.UnknownPattern).Says(
            ApiScope.Read, "GetPattern", "One pattern", "By its id.");
        patterns.MapPost("/search", SearchAsync).Says(
            ApiScope.Read, "SearchPatterns", "Find patterns",
            "By a name that may be misspelt, kind, category, content, or the state they are for; answered from memory.");
        patterns.MapPost("/uses", UseAsync).Takes(BodyLimit.Many).MayFailBy(ProblemTypes.UnknownPattern).Says(
            ApiScope.Learn, "RecordPatternUses", "Record uses with their outcomes", "All or none; durable when it is answered.");
        patterns.MapDelete("/{pattern}", DeleteAsync).MayFailBy(ProblemTypes.UnknownPattern).Says(
            ApiScope.Admin, "DeletePattern", "Delete one version of a pattern", "`dryRun=true` only counts.");
        patterns.MapPost("/reload", ReloadAsync).Says(
            ApiScope.Learn, "ReloadPatterns", "Read the patterns anew", "So that what SQL programs wrote is seen at once.");
    }

    private static async Task<Answer<PatternAnswer>> StoreAsync(
        HttpContext context, string agentType, JsonBody<PatternBody> body, KnownAgentTypes types, KeyedCalls calls)
    {
        var patterns = await types.PatternsAsync(agentType, context.RequestAborted);
        return await calls.RunAsync(context, body.Bytes, async (request, token) =>
            PatternAnswer.Of(await patterns.StoreAsync(body.Value.ToPattern(DerivedId.Of(request, 0)), token)));
    }

    private static async Task<Answer<PatternAnswer>> GetByNameAsync(
        string agentType, string name, int? version, KnownAgentTypes types, CancellationToken cancellationToken)
    {
        var patterns = await types.PatternsAsync(agentType, cancellationToken);
        return Answer.Of(PatternAnswer.Of(await patterns.GetAsync(name, version, cancellationToken)));
    }

    private static async Task<Answer<PatternAnswer>> GetAsync(
        string agentType, Guid pattern, KnownAgentTypes types, CancellationToken cancellationToken)
    {
        var patterns = await types.PatternsAsync(agentType, cancellationToken);
        return Answer.Of(PatternAnswer.Of(await patterns.GetAsync(pattern, cancellationToken)));
    }

    private static async Task<Answer<PatternMatchesAnswer>> SearchAsync(
        string agentType, JsonBody<PatternSearchBody> body, KnownAgentTypes types, CancellationToken cancellationToken)
    {
        var patterns = await types.PatternsAsync(agentType, cancellationToken);
        var found = await patterns.SearchAsync(body.Value.ToQuery(), cancellationToken);
        return Answer.Of(new PatternMatchesAnswer(
            [.. found.Select(match => new PatternMatchAnswer(PatternAnswer.Of(match.Pattern), match.Similarity))]));
    }

    private static async Task<Answer<PatternsAnswer>> UseAsync(
        HttpContext context, string agentType, JsonBody<PatternUsesBody> body, KnownAgentTypes types, KeyedCalls calls)
    {
        var patterns = await types.PatternsAsync(agentType, context.RequestAborted);
        return await calls.RunAsync(context, body.Bytes, async (request, token) =>
        {
            var uses = body.Value.Uses.Select((use, i) => new PatternUse
            {
                Id = use.Id ?? DerivedId.Of(request, i),
                PatternId = use.PatternId,
                Success = use.Success,
                Reward = use.Reward,
            });
            return new PatternsAnswer([.. (await patterns.RecordUsesAsync(uses, token)).Select(PatternAnswer.Of)]);
        });
    }

    private static async Task<Answer<DeletedAnswer>> DeleteAsync(
        HttpContext context, string agentType, Guid pattern, bool? dryRun, KnownAgentTypes types, KeyedCalls calls)
    {
        var patterns = await types.PatternsAsync(agentType, context.RequestAborted);
        return await calls.RunAsync(
            context, [], async (_, token) => new DeletedAnswer(await patterns.DeleteAsync(pattern, dryRun ?? false, token)));
    }

    private static async Task<Answer<DoneAnswer>> ReloadAsync(string agentType, KnownAgentTypes types, CancellationToken cancellationToken)
    {
        await (await types.PatternsAsync(agentType, cancellationToken)).ReloadAsync(cancellationToken);
        return Answer.Of(new DoneAnswer());
    }
}
