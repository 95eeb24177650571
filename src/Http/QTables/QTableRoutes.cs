using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using QLearning.Abstractions;
using QLearning.Http.AgentTypes;
using QLearning.Http.Bodies;
using QLearning.Http.Problems;
using QLearning.Http.Routes;

namespace QLearning.Http.QTables;

/// <summary>A state to ask about.</summary>
/// <param name="State">The state.</param>
internal sealed record StateBody(StateValue State);

/// <summary>What is known of states: <c>/v1/agent-types/{agentType}/…</c>. Learning is in <see cref="LearningRoutes"/>.</summary>
internal static class QTableRoutes
{
    public static void Map(RouteGroupBuilder type)
    {
        type.MapPost("/best-action", BestActionAsync).IsLimitedByItsCalls().Says(
            ApiScope.Read, "GetBestAction", "The best action of a state",
            "Answered from memory. `best` is null when nothing was learned in this state.");
        type.MapGet("/states/{state}/best-action", BestActionOfKeyAsync).IsLimitedByItsCalls().Says(
            ApiScope.Read, "GetBestActionOfKey", "The best action of a state that is named by its key",
            "As the POST, for callers who know the state's key.");
        type.MapPost("/best-actions", BestActionsAsync).Takes(BodyLimit.Many).Says(
            ApiScope.Read, "GetBestActions", "The best actions of many states", "At most 10,000 states, answered in the order asked.");
        type.MapPost("/q-values/query", QValuesAsync).Takes(BodyLimit.Many).Says(
            ApiScope.Read, "GetQValues", "All Q-values of states", "At most 10,000 states, answered from memory in the order asked.");
        type.MapPost("/select", SelectAsync).IsLimitedByItsCalls().MayFailBy(ProblemTypes.InvalidInput).Says(
            ApiScope.Read, "SelectAction", "Choose an action by the exploration policy",
            "For callers who keep no agent here. An agent's own choice, with its own exploration rate, is a step of an episode.");
        type.MapGet("/q-values", ListQValuesAsync).Says(
            ApiScope.Read, "ListQValues", "The stored Q-table, a page at a time",
            "By `key`, `highest` Q-value or `leastVisited` first. What was learned last is in it within the flush interval.");
        type.MapGet("/states", ListStatesAsync).Says(
            ApiScope.Read, "ListStates", "The stored states, a page at a time",
            "By `key`, `bestValue` or `leastVisited` first, each with its best action.");
    }

    private static async Task<Answer<StateBestAction>> BestActionAsync(
        string agentType, JsonBody<StateBody> body, KnownAgentTypes types, CancellationToken cancellationToken)
    {
        var type = await types.GetAsync(agentType, cancellationToken);
        return await BestAsync(type, body.Value.State.State.Key, cancellationToken);
    }

    private static async Task<Answer<StateBestAction>> BestActionOfKeyAsync(
        string agentType, string state, KnownAgentTypes types, CancellationToken cancellationToken)
    {
        var type = await types.GetAsync(agentType, cancellationToken);
        return await BestAsync(type, StateKey.Parse(state), cancellationToken);
    }

    private static async Task<Answer<StateBestAction>> BestAsync(
        Client.AgentTypeClient type, StateKey state, CancellationToken cancellationToken) =>
        Answer.Of(new StateBestAction(
            state.ToString(), BestActionAnswer.OrNull(await type.GetBestActionAsync(state, cancellationToken))));

    private static async Task<Answer<BestActionsAnswer>> BestActionsAsync(
        string agentType, JsonBody<StatesBody> body, KnownAgentTypes types, CancellationToken cancellationToken)
    {
        var type = await types.GetAsync(agentType, cancellationToken);
        StateKey[] states = [.. body.Value.States.Select(state => state.State.Key)];
        var best = await type.GetBestActionsAsync(states, cancellationToken);
        return Answer.Of(new BestActionsAnswer(
            [.. states.Zip(best, static (state, own) => new StateBestAction(state.ToString(), BestActionAnswer.OrNull(own)))]));
    }

    private static async Task<Answer<ManyQValuesAnswer>> QValuesAsync(
        string agentType, JsonBody<StatesBody> body, KnownAgentTypes types, CancellationToken cancellationToken)
    {
        var type = await types.GetAsync(agentType, cancellationToken);
        StateKey[] states = [.. body.Value.States.Select(state => state.State.Key)];
        var values = await type.GetQValuesAsync(states, cancellationToken);
        return Answer.Of(new ManyQValuesAnswer([.. states.Zip(values, StateQValuesAnswer.Of)]));
    }

    private static async Task<Answer<SelectedAnswer>> SelectAsync(
        string agentType, JsonBody<SelectBody> body, KnownAgentTypes types, CancellationToken cancellationToken)
    {
        var type = await types.GetAsync(agentType, cancellationToken);
        var request = new SelectActionRequest
        {
            State = body.Value.State.State.Key,
            Candidates = [.. body.Value.Candidates.Select(candidate => candidate.Action)],
            ExplorationRate = body.Value.ExplorationRate,
            Seed = body.Value.Seed,
        };
        return Answer.Of(SelectedAnswer.Of(await type.SelectActionAsync(request, cancellationToken)));
    }

    private static async Task<Answer<QValuePageAnswer>> ListQValuesAsync(
        string agentType, QValueOrder? order, string? prefix, int? limit, string? cursor, KnownAgentTypes types,
        CancellationToken cancellationToken)
    {
        var type = await types.GetAsync(agentType, cancellationToken);
        var query = new QValueQuery { AgentType = agentType, Prefix = prefix, Order = order ?? default, Limit = limit ?? 100 };
        var page = await type.GetQTableAsync(query with { After = Cursor.Read<QValueCursor>(cursor) }, cancellationToken);
        return Answer.Of(new QValuePageAnswer(
            [
                .. page.QValues.Select(value => new ListedQValueAnswer(
                    value.State.ToString(), new RawJson(value.StateJson), QValueAnswer.Of(value.Value))),
            ],
            Cursor.Of(page.Next)));
    }

    private static async Task<Answer<StatePageAnswer>> ListStatesAsync(
        string agentType, StateOrder? order, string? prefix, int? limit, string? cursor, KnownAgentTypes types,
        CancellationToken cancellationToken)
    {
        var type = await types.GetAsync(agentType, cancellationToken);
        var query = new StateQuery { AgentType = agentType, Prefix = prefix, Order = order ?? default, Limit = limit ?? 100 };
        var page = await type.GetStatesAsync(query with { After = Cursor.Read<StateCursor>(cursor) }, cancellationToken);
        return Answer.Of(new StatePageAnswer(
            [
                .. page.States.Select(state => new ListedStateAnswer(
                    state.State.ToString(), new RawJson(state.StateJson), state.Actions, state.Visits,
                    new ActionAnswer(state.BestAction.ToString(), new RawJson(state.BestActionJson)), state.BestValue)),
            ],
            Cursor.Of(page.Next)));
    }
}
