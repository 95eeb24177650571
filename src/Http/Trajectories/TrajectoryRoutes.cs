using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using QLearning.Abstractions;
using QLearning.Http.AgentTypes;
using QLearning.Http.Bodies;
using QLearning.Http.Keys;
using QLearning.Http.Problems;
using QLearning.Http.Routes;

namespace QLearning.Http.Trajectories;

/// <summary>Stored episodes: <c>/v1/agent-types/{agentType}/trajectories</c>.</summary>
internal static class TrajectoryRoutes
{
    public static void Map(RouteGroupBuilder type)
    {
        type.MapPost("/trajectories", RecordAsync).Takes(BodyLimit.Many)
            .MayFailBy(ProblemTypes.UnknownSession, ProblemTypes.BacklogFull).Says(
                ApiScope.Learn, "RecordTrajectories", "Store whole episodes",
                "Answered after the commit. Learns nothing. One that is sent again with its id is stored once.");
        type.MapGet("/trajectories", ListAsync).Says(
            ApiScope.Read, "ListTrajectories", "Stored episodes, a page at a time",
            "The `recent` or the `best` first, by session, task, agent or success.");
    }

    private static async Task<Answer<RecordedAnswer>> RecordAsync(
        HttpContext context, string agentType, JsonBody<TrajectoriesBody> body, KnownAgentTypes types, KeyedCalls calls)
    {
        var type = await types.GetAsync(agentType, context.RequestAborted);
        return await calls.RunAsync(context, body.Bytes, async (request, token) =>
        {
            Trajectory[] trajectories =
                [.. body.Value.Trajectories.Select((one, i) => one.ToTrajectory(one.Id ?? DerivedId.Of(request, i)))];
            await type.RecordTrajectoriesAsync(trajectories, token);
            return new RecordedAnswer([.. trajectories.Select(one => one.Id)]);
        });
    }

    private static async Task<Answer<TrajectoryPageAnswer>> ListAsync(
        string agentType, Guid? session, string? task, string? agent, bool? success, TrajectoryOrder? order, int? limit, string? cursor,
        KnownAgentTypes types, CancellationToken cancellationToken)
    {
        var type = await types.GetAsync(agentType, cancellationToken);
        var query = new TrajectoryQuery
        {
            AgentType = agentType,
            SessionId = session,
            TaskId = task,
            Instance = agent,
            Success = success,
            Order = order ?? default,
            Limit = limit ?? 100,
            After = Cursor.Read<TrajectoryCursor>(cursor),
        };
        var page = await type.GetTrajectoriesAsync(query, cancellationToken);
        return Answer.Of(new TrajectoryPageAnswer([.. page.Trajectories.Select(TrajectoryAnswer.Of)], Cursor.Of(page.Next)));
    }
}
