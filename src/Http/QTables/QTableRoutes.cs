using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using QLearning.Abstractions;
using QLearning.Http.AgentTypes;
using QLearning.Http.Bodies;
using QLearning.Http.Routes;

namespace QLearning.Http.QTables;

/// <summary>A state to ask about.</summary>
/// <param name="State">The state.</param>
internal sealed record StateBody(StateValue State);

/// <summary>What is known of states, and what is learned of them: <c>/v1/agent-types/{agentType}/…</c>.</summary>
internal static class QTableRoutes
{
    public static void Map(RouteGroupBuilder type)
    {
        type.MapPost("/best-action", BestActionAsync).Says(
            ApiScope.Read, "GetBestAction", "The best action of a state",
            "Answered from memory. `best` is null when nothing was learned in this state.");
        type.MapPost("/learn", LearnAsync).Says(
            ApiScope.Learn, "Learn", "Learn from one step",
            "Moves the Q-value of the state and action by the agent type's learning rule.");
    }

    internal static WriteMode ModeOf(bool? durable) => durable switch
    {
        null => WriteMode.AgentTypeDefault,
        true => WriteMode.Durable,
        false => WriteMode.WriteBehind,
    };

    private static async Task<Ok<StateBestAction>> BestActionAsync(
        string agentType, JsonBody<StateBody> body, KnownAgentTypes types, CancellationToken cancellationToken)
    {
        var state = body.Value.State.State.Key;
        var type = await types.GetAsync(agentType, cancellationToken);
        var best = await type.GetBestActionAsync(state, cancellationToken);
        return TypedResults.Ok(new StateBestAction(state.ToString(), BestActionAnswer.OrNull(best)));
    }

    private static async Task<Ok<LearnAnswer>> LearnAsync(
        string agentType, JsonBody<LearnBody> body, KnownAgentTypes types, CancellationToken cancellationToken)
    {
        var type = await types.GetAsync(agentType, cancellationToken);
        var result = await type.LearnAsync(body.Value.ToTransition(), ModeOf(body.Value.Durable), cancellationToken);
        return TypedResults.Ok(LearnAnswer.Of(result));
    }
}
