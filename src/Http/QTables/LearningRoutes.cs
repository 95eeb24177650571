using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using QLearning.Abstractions;
using QLearning.Http.AgentTypes;
using QLearning.Http.Bodies;
using QLearning.Http.Keys;
using QLearning.Http.Problems;
using QLearning.Http.Routes;

namespace QLearning.Http.QTables;

/// <summary>What changes Q-values: <c>/v1/agent-types/{agentType}/…</c>.</summary>
internal static class LearningRoutes
{
    public static void Map(RouteGroupBuilder type)
    {
        type.MapPost("/learn", LearnAsync).IsLimitedByItsCalls().MayFailBy(ProblemTypes.BacklogFull).Says(
            ApiScope.Learn, "Learn", "Learn from one step",
            "Moves the Q-value of the state and action by the agent type's learning rule.");
        type.MapPost("/learn-many", LearnManyAsync).Takes(BodyLimit.Many)
            .MayFailBy(ProblemTypes.BacklogFull, ProblemTypes.PartlyLearned).Says(
                ApiScope.Learn, "LearnMany", "Learn from many steps",
                "In the order given, all or none (of a type with several partitions: of each partition all or none).");
        type.MapPut("/q-values", UpsertAsync).Takes(BodyLimit.Many)
            .MayFailBy(ProblemTypes.BacklogFull, ProblemTypes.PartlyLearned).Says(
                ApiScope.Learn, "StoreQValues", "Store Q-values as they are", "For callers who learn elsewhere. Counts as one more visit.");
        type.MapDelete("/q-values", ResetAsync).Says(
            ApiScope.Admin, "ResetQTable", "Forget all Q-values of the type",
            "Settings, agents, sessions, trajectories and patterns stay. `dryRun=true` only counts.");
        type.MapDelete("/states/{state}", ForgetAsync).Says(
            ApiScope.Admin, "ForgetState", "Forget a state, or one action in it",
            "Gone from memory and PostgreSQL when it is answered. `dryRun=true` only counts.");
    }

    /// <summary>When a call is acknowledged. With a key always after the commit: what was acknowledged must never be lost.</summary>
    internal static WriteMode ModeOf(bool? durable) => durable switch
    {
        null => WriteMode.AgentTypeDefault,
        true => WriteMode.Durable,
        false => WriteMode.WriteBehind,
    };

    private static async Task<Answer<LearnAnswer>> LearnAsync(
        HttpContext context, string agentType, JsonBody<LearnBody> body, KnownAgentTypes types, KeyedCalls calls)
    {
        var type = await types.GetAsync(agentType, context.RequestAborted);
        var transition = body.Value.ToTransition();
        return await calls.RunAsync(context, body.Bytes, () => type.TakeNumbers(1), async (numbers, token) => LearnAnswer.Of(
            numbers is { } given
                ? (await type.LearnAsync([transition], given, token))[0]
                : await type.LearnAsync(transition, ModeOf(body.Value.Durable), token)));
    }

    private static async Task<Answer<LearnManyAnswer>> LearnManyAsync(
        HttpContext context, string agentType, JsonBody<LearnManyBody> body, KnownAgentTypes types, KeyedCalls calls)
    {
        var type = await types.GetAsync(agentType, context.RequestAborted);
        Transition[] transitions = [.. body.Value.Transitions.Select(transition => transition.ToTransition())];
        return await calls.RunAsync(context, body.Bytes, () => type.TakeNumbers(CountOf(transitions)), async (numbers, token) =>
            LearnManyAnswer.Of(numbers is { } given
                ? await type.LearnAsync(transitions, given, token)
                : await type.LearnAsync(transitions, ModeOf(body.Value.Durable), token)));
    }

    private static async Task<Answer<LearnManyAnswer>> UpsertAsync(
        HttpContext context, string agentType, JsonBody<QValuesBody> body, KnownAgentTypes types, KeyedCalls calls)
    {
        var type = await types.GetAsync(agentType, context.RequestAborted);
        QValueUpsert[] upserts =
            [.. body.Value.QValues.Select(value => new QValueUpsert(value.State.State, value.Action.Action, value.QValue))];
        return await calls.RunAsync(context, body.Bytes, () => type.TakeNumbers(CountOf(upserts)), async (numbers, token) =>
            LearnManyAnswer.Of(numbers is { } given
                ? await type.UpsertAsync(upserts, given, token)
                : await type.UpsertAsync(upserts, ModeOf(body.Value.Durable), token)));
    }

    private static async Task<Answer<ForgottenAnswer>> ResetAsync(
        HttpContext context, string agentType, bool? dryRun, KnownAgentTypes types, KeyedCalls calls)
    {
        var type = await types.GetAsync(agentType, context.RequestAborted);
        return await calls.RunAsync(
            context, [], async (_, token) => new ForgottenAnswer(await type.ResetAsync(dryRun ?? false, token)));
    }

    private static async Task<Answer<ForgottenAnswer>> ForgetAsync(
        HttpContext context, string agentType, string state, string? action, bool? dryRun, KnownAgentTypes types, KeyedCalls calls)
    {
        var type = await types.GetAsync(agentType, context.RequestAborted);
        var key = StateKey.Parse(state);
        var one = action is null ? (ActionKey?)null : ActionKey.Parse(action);
        return await calls.RunAsync(
            context, [], async (_, token) => new ForgottenAnswer(await type.ForgetAsync(key, one, dryRun ?? false, token)));
    }

    // An empty batch is answered too, and one that is too large is refused where it is checked.
    private static int CountOf<T>(T[] items) => Math.Clamp(items.Length, 1, QLimits.MaxBatch);
}
