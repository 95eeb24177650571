using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using QLearning.Abstractions;
using QLearning.Client;
using QLearning.Http.Agents;
using QLearning.Http.Bodies;
using QLearning.Http.Keys;
using QLearning.Http.Problems;
using QLearning.Http.Routes;
using QLearning.Http.Security;

namespace QLearning.Http.Sessions;

/// <summary>A session to start.</summary>
internal sealed record SessionBody
{
    /// <summary>The agent type whose episodes it groups.</summary>
    public required string AgentType { get; init; }

    /// <summary>A name for people, at most 200 characters.</summary>
    public string? Name { get; init; }

    /// <summary>Where it runs, 1 to 50 characters.</summary>
    public string Environment { get; init; } = "development";

    /// <summary>A JSON object with anything else worth keeping.</summary>
    public RawJson? Metadata { get; init; }

    public SessionStart ToStart() =>
        new() { AgentType = AgentType, Name = Name, Environment = Environment, MetadataJson = Metadata?.Text };
}

/// <summary>A session.</summary>
/// <param name="Id">Its id.</param>
/// <param name="AgentType">The agent type.</param>
/// <param name="Name">A name for people.</param>
/// <param name="Environment">Where it runs.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="TaskCount">Trajectories stored in it.</param>
/// <param name="TotalReward">The sum of their total rewards; null: SQL stored NaN.</param>
/// <param name="StartedAt">When it started.</param>
/// <param name="EndedAt">When it ended; null while it runs.</param>
/// <param name="Metadata">A JSON object with anything else.</param>
internal sealed record SessionAnswer(
    Guid Id, string AgentType, string? Name, string? Environment, SessionStatus Status, int TaskCount, double? TotalReward,
    DateTimeOffset StartedAt, DateTimeOffset? EndedAt, RawJson Metadata)
{
    public static SessionAnswer Of(SessionInfo session) => new(
        session.Id, session.AgentType, session.Name, session.Environment, session.Status, session.TaskCount, session.TotalReward,
        session.StartedAt, session.EndedAt, new RawJson(session.MetadataJson));

    public static SessionAnswer? OrNull(SessionInfo? session) => session is null ? null : Of(session);
}

/// <summary>Some sessions.</summary>
/// <param name="Sessions">The newest start first.</param>
/// <param name="Next">The cursor of the next page; null when this is the last.</param>
internal sealed record SessionPageAnswer(IReadOnlyList<SessionAnswer> Sessions, string? Next);

/// <summary>Sessions: <c>/v1/sessions</c>.</summary>
internal static class SessionRoutes
{
    public static void Map(RouteGroupBuilder sessions)
    {
        sessions.MapPost("", StartAsync).LooksAtAgentTypes().MayFailBy(ProblemTypes.UnknownAgentType).Says(
            ApiScope.Learn, "StartSession", "Start a session", "A group of episodes of one agent type. Agents enter it by JoinSession.");
        sessions.MapGet("", ListAsync).LooksAtAgentTypes().MayFailBy(ProblemTypes.UnknownAgentType).Says(
            ApiScope.Read, "ListSessions", "Sessions, a page at a time",
            "The newest first, by agent type and status. A caller who is limited to several agent types names one.");
        sessions.MapGet("/{session}", GetAsync).LooksAtAgentTypes().MayFailBy(ProblemTypes.UnknownSession).Says(
            ApiScope.Read, "GetSession", "One session", "With its counters.");
        sessions.MapPost("/{session}/end", EndAsync).LooksAtAgentTypes().MayFailBy(ProblemTypes.UnknownSession).Says(
            ApiScope.Learn, "EndSession", "End a session", "Ending it again in the same way changes nothing.");
    }

    private static Task<Answer<SessionAnswer>> StartAsync(
        HttpContext context, JsonBody<SessionBody> body, IQLearningClient client, KeyedCalls calls)
    {
        context.RequireAgentType(body.Value.AgentType);
        return calls.RunAsync(context, body.Bytes, async (request, token) => SessionAnswer.Of(
            await client.Sessions.StartAsync(DerivedId.Of(request, 0), body.Value.ToStart(), token)));
    }

    private static async Task<Answer<SessionPageAnswer>> ListAsync(
        HttpContext context, string? agentType, SessionStatus? status, int? limit, string? cursor, IQLearningClient client,
        CancellationToken cancellationToken)
    {
        agentType ??= OnlyTypeOf(context.User);
        if (agentType is not null)
        {
            context.RequireAgentType(agentType);
        }

        var query = new SessionQuery
        {
            AgentType = agentType,
            Statuses = status is { } one ? [one] : [],
            Limit = limit ?? 100,
            After = Cursor.Read<SessionCursor>(cursor),
        };
        var page = await client.Sessions.ListAsync(query, cancellationToken);
        return Answer.Of(new SessionPageAnswer([.. page.Sessions.Select(SessionAnswer.Of)], Cursor.Of(page.Next)));
    }

    private static async Task<Answer<SessionAnswer>> GetAsync(
        HttpContext context, Guid session, IQLearningClient client, CancellationToken cancellationToken) =>
        Answer.Of(SessionAnswer.Of(await FindAsync(context, session, client, cancellationToken)));

    private static Task<Answer<SessionAnswer>> EndAsync(
        HttpContext context, Guid session, JsonBody<SessionEndBody> body, IQLearningClient client, KeyedCalls calls) =>
        calls.RunAsync(context, body.Bytes, async (_, token) =>
        {
            if (CallerAccess.LimitsOf(context.User).Count > 0)
            {
                await FindAsync(context, session, client, token);
            }

            return SessionAnswer.Of(await client.Sessions.EndAsync(session, body.Value.Status, token));
        });

    /// <exception cref="RequestException">The caller may not use its agent type, or is limited and it is not there.</exception>
    private static async Task<SessionInfo> FindAsync(
        HttpContext context, Guid session, IQLearningClient client, CancellationToken cancellationToken)
    {
        try
        {
            var found = await client.Sessions.GetAsync(session, cancellationToken);
            context.RequireAgentType(found.AgentType);
            return found;
        }
        catch (UnknownSessionException) when (CallerAccess.LimitsOf(context.User).Count > 0)
        {
            // A session of others and none look the same to him.
            throw CallerAccess.WrongAgentType(context.User);
        }
    }

    private static string? OnlyTypeOf(ClaimsPrincipal caller) => CallerAccess.LimitsOf(caller) switch
    {
        [] => null,
        [var only] => only,
        _ => throw CallerAccess.WrongAgentType(caller),
    };
}
