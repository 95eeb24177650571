using System.ComponentModel;
using ModelContextProtocol.Server;
using QLearning.Abstractions;
using QLearning.Client;

namespace QLearning.Mcp.Tools;

/// <summary>
/// The loop of an agent: choose, act, report. The server keeps no session: a caller names episode and step each time, and the step's
/// number makes its outcome count once, through whichever process it is reported.
/// </summary>
/// <param name="client">The cluster.</param>
[McpServerToolType]
internal sealed class LearningTools(IQLearningClient client)
{
    private const string OverState = "end";

    private const string EpisodeGone =
        "The episode is not running any more. The outcome was learned; choose without 'episode' to begin a new one.";

    [McpServerTool(Name = "qlearning_select_action", Title = "Choose the next action", ReadOnly = false, Destructive = false,
        Idempotent = false, OpenWorld = false, UseStructuredContent = true)]
    [Description("Chooses what to do now from what all agents of the type have learned, sometimes trying something less known. Begins an "
        + "episode, or goes on with one. Report the outcome afterwards with qlearning_record_outcome. Chosen again for a step, the newest "
        + "action counts.")]
    public async Task<ChosenAction> SelectAsync(
        [Description("The agent type, such as 'test-generator'; qlearning_agent_status lists them.")] string agentType,
        [Description("Your name as an agent, 1 to 100 characters; keep it.")] string agent,
        [Description("The situation now. " + TextValue.StateHelp)] string state,
        [Description("What you could do, 1 to 1,000 actions, each " + TextValue.ActionHelp
            + ". Left out: those learned in this state.")] string[]? candidates = null,
        [Description("The 'episode' of your last choice, to go on with it; left out: a new one.")] string? episode = null,
        [Description("The 'nextStep' of your last outcome; 0 begins an episode.")] int step = 0,
        [Description("A name for the task of a new episode, 1 to 100 characters.")] string? task = null,
        CancellationToken cancellationToken = default)
    {
        await client.AgentTypes.GetAsync(agentType, cancellationToken);
        var id = episode is not null
            ? EpisodeOf(episode)
            : step == 0 ? Guid.CreateVersion7() : throw InvalidInputException.For(
                "step", step, "no 'episode' is named", "0 for a new episode, or the 'episode' of the last choice beside it");
        var chosen = await client.Episode(agentType, agent, id).SelectActionAsync(
            step, TextValue.StateOf(state), (candidates ?? []).Select(TextValue.ActionOf), task, durable: true,
            cancellationToken: cancellationToken);
        var selected = chosen.Selected;
        return new ChosenAction(
            TextValue.Of(selected.Action), TextValue.DescriptionOf(selected.Action), id.ToString(), chosen.Step, selected.QValue,
            selected.Explored, selected.Propensity, chosen.ExplorationRate,
            selected.Replaced is { } replaced ? TextValue.Of(replaced) : null);
    }

    [McpServerTool(Name = "qlearning_record_outcome", Title = "Report what an action led to", ReadOnly = false, Destructive = false,
        Idempotent = true, OpenWorld = false, UseStructuredContent = true)]
    [Description("Learns from what the chosen action led to; it is in PostgreSQL when this answers (where the type learns by SARSA and "
        + "'ending' is 'continues': when the next action is chosen). Reported again for the same episode and step it counts once. The "
        + "reward must come from what really happened, such as an exit code or a test report.")]
    public async Task<RecordedOutcome> RecordAsync(
        [Description("The agent type of the choice.")] string agentType,
        [Description("The agent of the choice.")] string agent,
        [Description("The 'episode' of the choice.")] string episode,
        [Description("The 'step' of the choice.")] int step,
        [Description("How good the outcome was: positive good, negative bad, usually -1 to 1.")] double reward,
        [Description("'done': the task is over; 'continues': further steps follow; 'truncated': a limit of steps or time cut it.")]
        Ending ending,
        [Description("The situation that followed; may be left out with 'done'. " + TextValue.StateHelp)] string? nextState = null,
        [Description("What could be done in it; left out: the actions learned in it.")] string[]? nextActions = null,
        [Description("Whether the task succeeded; counts when the episode ends. Left out: the reward is not negative.")]
        bool? succeeded = null,
        [Description("Why it failed.")] string? error = null,
        [Description("Ids of patterns you used; they are credited when the episode ends.")] string[]? patternsUsed = null,
        [Description("The 'state' of the choice: with it and 'action' the outcome is learned also if its server was lost meanwhile.")]
        string? state = null,
        [Description("The 'action' of the choice; one that was replaced is refused.")] string? action = null,
        CancellationToken cancellationToken = default)
    {
        await client.AgentTypes.GetAsync(agentType, cancellationToken);
        var outcome = new AgentOutcome
        {
            Reward = reward,
            NextState = nextState is not null
                ? TextValue.StateOf(nextState)
                : ending == Ending.Done ? State.FromKey(OverState) : throw new InvalidInputException(
                    "The argument 'nextState' is missing. Send it, the situation that followed, or as 'ending' 'done' when the task is "
                    + "over."),
            NextActions = nextActions is null ? null : [.. nextActions.Select(one => TextValue.ActionOf(one).Key)],
            Done = ending == Ending.Done,
            Truncated = ending == Ending.Truncated,
            Success = succeeded ?? reward >= 0,
            ErrorMessage = error,
            RewardSource = "mcp",
            PatternsUsed = [.. (patternsUsed ?? []).Select(PatternTools.IdOf)],
            Action = action is null ? null : TextValue.ActionOf(action).Key,
            ActionState = state is null ? null : TextValue.StateOf(state).Key,
        };
        return await RecordAsync(
            new Reported(agentType, agent, EpisodeOf(episode), step, state, action), outcome, cancellationToken);
    }

    private async Task<RecordedOutcome> RecordAsync(Reported reported, AgentOutcome outcome, CancellationToken cancellationToken)
    {
        var episode = client.Episode(reported.AgentType, reported.Agent, reported.Episode);
        var patterns = new UsedPatterns(client.Patterns(reported.AgentType), reported.Episode);
        await patterns.RequireAsync(outcome.PatternsUsed, cancellationToken);
        var result = reported is { State: { } state, Action: { } action }
            ? await episode.ReportAsync(
                reported.Step, new StateAction(TextValue.StateOf(state), TextValue.ActionOf(action)), outcome, cancellationToken)
            : await episode.ObserveAsync(reported.Step, outcome, durable: true, cancellationToken);
        if (result.Ended is { } ended)
        {
            await patterns.CreditAsync(outcome, ended.TotalReward, cancellationToken);
        }

        // What a running episode learned has a receipt; SARSA learns nothing yet, and has none.
        var goesOn = result.Ended is null && (result.Learned is null || result.Receipt is not null);
        return new RecordedOutcome(
            result.Learned?.QValue, result.Learned?.VisitCount, result.Learned?.TdError, goesOn ? reported.Step + 1 : null,
            result.Ended?.TotalReward, goesOn || result.Ended is not null ? null : EpisodeGone);
    }

    private static Guid EpisodeOf(string text) =>
        TextValue.IdOf("episode", text, "the 'episode' that qlearning_select_action answered");

    private sealed record Reported(string AgentType, string Agent, Guid Episode, int Step, string? State, string? Action);
}
