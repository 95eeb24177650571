using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using QLearning.Abstractions;
using QLearning.Http.AgentTypes;
using QLearning.Http.Bodies;
using QLearning.Http.Keys;
using QLearning.Http.Problems;
using QLearning.Http.QTables;
using QLearning.Http.Routes;

namespace QLearning.Http.Rewards;

/// <summary>A reward that came after its step was learned.</summary>
internal sealed record RewardBody
{
    /// <summary>The reward's own id: sent again with it, it counts once. Left out: a new one.</summary>
    public Guid? Id { get; init; }

    /// <summary>The state the action was taken in; its Q-value of the action must have been learned.</summary>
    public required StateValue State { get; init; }

    /// <summary>The action.</summary>
    public required ActionValue Action { get; init; }

    /// <summary>The reward, at most 999,999.999999 in size.</summary>
    public required double Reward { get; init; }

    /// <summary>The trajectory it belongs to.</summary>
    public Guid? TrajectoryId { get; init; }

    /// <summary>The session it belongs to; left out: the trajectory's.</summary>
    public Guid? SessionId { get; init; }

    /// <summary>Where it came from, at most 100 characters.</summary>
    public string? Source { get; init; }

    public DelayedReward ToReward(Guid id) => new()
    {
        Id = id,
        State = State.State.Key,
        Action = Action.Action.Key,
        Reward = Reward,
        TrajectoryId = TrajectoryId,
        SessionId = SessionId,
        Source = Source,
    };
}

/// <summary>Late rewards to learn from.</summary>
/// <param name="Rewards">At most 10,000.</param>
internal sealed record RewardsBody(IReadOnlyList<RewardBody> Rewards);

/// <summary>What became of a late reward.</summary>
/// <param name="Id">The reward.</param>
/// <param name="Learned">What it did; null: it had been recorded before, and did nothing.</param>
internal sealed record RewardResult(Guid Id, LearnAnswer? Learned);

/// <summary>What became of late rewards, in the order sent.</summary>
/// <param name="Results">The rewards.</param>
internal sealed record RewardsAnswer(IReadOnlyList<RewardResult> Results);

/// <summary>A stored reward.</summary>
/// <param name="Id">Its row.</param>
/// <param name="AgentType">The agent type.</param>
/// <param name="SessionId">The session.</param>
/// <param name="TrajectoryId">The trajectory.</param>
/// <param name="State">The state's key.</param>
/// <param name="Action">The action's key.</param>
/// <param name="Reward">The reward, to 4 decimals; null: SQL stored NaN.</param>
/// <param name="Type"><c>immediate</c>, <c>terminal</c>, <c>delayed</c>, or what a SQL program wrote.</param>
/// <param name="Source">Where it came from.</param>
/// <param name="ObservedAt">When it was observed.</param>
/// <param name="Metadata">Anything else.</param>
internal sealed record RewardAnswer(
    long Id, string AgentType, Guid? SessionId, Guid? TrajectoryId, string State, string Action, double? Reward, string Type,
    string? Source, DateTimeOffset ObservedAt, RawJson Metadata)
{
    public static RewardAnswer Of(StoredReward one) => new(
        one.Id, one.AgentType, one.SessionId, one.TrajectoryId, one.State, one.Action, one.Reward, one.Type, one.Source, one.ObservedAt,
        new RawJson(one.MetadataJson));
}

/// <summary>Some stored rewards.</summary>
/// <param name="Rewards">The newest first.</param>
/// <param name="Next">The cursor of the next page; null when this is the last.</param>
internal sealed record RewardPageAnswer(IReadOnlyList<RewardAnswer> Rewards, string? Next);

/// <summary>Rewards: <c>/v1/agent-types/{agentType}/rewards</c>.</summary>
internal static class RewardRoutes
{
    public static void Map(RouteGroupBuilder type)
    {
        type.MapPost("/rewards", RecordAsync).Takes(BodyLimit.Many)
            .MayFailBy(ProblemTypes.UnknownSession, ProblemTypes.BacklogFull, ProblemTypes.PartlyLearned).Says(
                ApiScope.Learn, "RecordRewards", "Learn from rewards that came late",
                "Such as a bug found days later: Q(S, A) moves by α·r. Durable when it is answered; each id counts once.");
        type.MapGet("/rewards", ListAsync).Says(
            ApiScope.Read, "ListRewards", "Stored rewards, a page at a time",
            "The newest first, by trajectory, session, state and action.");
    }

    private static async Task<Answer<RewardsAnswer>> RecordAsync(
        HttpContext context, string agentType, JsonBody<RewardsBody> body, KnownAgentTypes types, KeyedCalls calls)
    {
        var type = await types.GetAsync(agentType, context.RequestAborted);
        return await calls.RunAsync(context, body.Bytes, async (request, token) =>
        {
            DelayedReward[] rewards = [.. body.Value.Rewards.Select((one, i) => one.ToReward(one.Id ?? DerivedId.Of(request, i)))];
            var results = await type.RecordRewardsAsync(rewards, token);
            return new RewardsAnswer([.. rewards.Zip(results, static (reward, result) =>
                new RewardResult(reward.Id, result is { } learned ? LearnAnswer.Of(learned) : null))]);
        });
    }

    private static async Task<Answer<RewardPageAnswer>> ListAsync(
        string agentType, Guid? trajectory, Guid? session, string? state, string? action, int? limit, string? cursor,
        KnownAgentTypes types, CancellationToken cancellationToken)
    {
        var type = await types.GetAsync(agentType, cancellationToken);
        var query = new RewardQuery
        {
            AgentType = agentType,
            TrajectoryId = trajectory,
            SessionId = session,
            State = state is null ? null : StateKey.Parse(state),
            Action = action is null ? null : ActionKey.Parse(action),
            Limit = limit ?? 100,
            After = Cursor.Read<RewardCursor>(cursor),
        };
        var page = await type.GetRewardsAsync(query, cancellationToken);
        return Answer.Of(new RewardPageAnswer([.. page.Rewards.Select(RewardAnswer.Of)], Cursor.Of(page.Next)));
    }
}
