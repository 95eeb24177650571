using QLearning.Abstractions;
using QLearning.Client;

namespace QLearning.Cli.Hook;

/// <summary>What the hooks do. Each is a process of its own: the choice that is printed is all that is remembered.</summary>
internal static class HookRun
{
    private const string OverState = "end";
    private const string Source = "hook";

    public static async Task<Choice> ChooseAsync(IQLearningClient client, Situation situation, CancellationToken cancellationToken)
    {
        await client.AgentTypes.GetAsync(situation.AgentType, cancellationToken);
        var episode = situation.Episode
            ?? (situation.Step == 0 ? Guid.CreateVersion7() : throw InvalidInputException.For(
                "step", situation.Step, "no episode is named", "0, or the episode beside it"));
        var chosen = await client.Episode(situation.AgentType, situation.Agent, episode).SelectActionAsync(
            situation.Step, HookInput.StateOf(situation.State), situation.Candidates.Select(HookInput.ActionOf), situation.Task,
            situation.Seed, durable: true, cancellationToken);
        return new Choice
        {
            AgentType = situation.AgentType,
            Agent = situation.Agent,
            Episode = episode,
            Step = chosen.Step,
            State = situation.State,
            Action = HookInput.Of(chosen.Selected.Action),
            Description = HookInput.DescriptionOf(chosen.Selected.Action),
            QValue = chosen.Selected.QValue,
            Explored = chosen.Selected.Explored,
            Propensity = chosen.Selected.Propensity,
            ExplorationRate = chosen.ExplorationRate,
            Replaced = chosen.Selected.Replaced is { } replaced ? HookInput.Of(replaced) : null,
        };
    }

    /// <exception cref="InvalidInputException">The state that followed is none, or is missing where a limit cut the episode.</exception>
    public static AgentOutcome OutcomeOf(Choice choice, Evidence evidence) => new()
    {
        Reward = evidence.Reward,
        NextState = choice.NextState is { } next ? HookInput.StateOf(next)
            : choice.Truncated ? throw InvalidInputException.For(
                "truncated", "true", "there is no nextState, whose value counts where a limit cut an episode",
                "true with the nextState that followed, or false when the task is over")
            : State.FromKey(OverState),
        Done = choice.NextState is null,
        Truncated = choice.Truncated,
        Success = evidence.Succeeded,
        ErrorMessage = evidence.Problem,
        RewardSource = Source,
    };

    public static async Task<Learned> ReportAsync(
        IQLearningClient client, Choice choice, Evidence evidence, AgentOutcome outcome, CancellationToken cancellationToken)
    {
        await client.AgentTypes.GetAsync(choice.AgentType, cancellationToken);
        var acted = new StateAction(HookInput.StateOf(choice.State), HookInput.ActionOf(choice.Action, choice.Description));
        var result = await client.Episode(choice.AgentType, choice.Agent, choice.Episode)
            .ReportAsync(choice.Step, acted, outcome, cancellationToken);
        // What a running episode learned has a receipt; SARSA learns nothing yet, and has none. One that was lost does not go on.
        var goesOn = result.Ended is null && (result.Learned is null || result.Receipt is not null);
        return new Learned(
            evidence.Reward, evidence.Succeeded, evidence.Tests, result.Learned?.QValue, result.Learned?.VisitCount, choice.Episode,
            goesOn ? choice.Step + 1 : null);
    }
}
