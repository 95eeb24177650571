using QLearning.Abstractions;
using QLearning.Client.Partitions;

namespace QLearning.Grains.Agents;

/// <summary>A step of an episode that was learned.</summary>
/// <param name="Update">The number of its update.</param>
/// <param name="Transition">What was learned.</param>
/// <param name="Owner">Who learned it.</param>
/// <param name="Version">It is durable when the owner's durable version reaches this.</param>
internal sealed record LearnedStep(UpdateId Update, Transition Transition, Guid Owner, long Version);

/// <summary>
/// Asks and teaches the owners of an agent type's Q-table for one agent. An update has the number that the agent's caller gave it, so a
/// step that is reported again, to whichever grain in whichever silo, counts once; and the caller sends it again should its owner be lost.
/// The last step of an episode is learned durably, and with it all steps before: PostgreSQL then never has a trajectory whose rewards its
/// Q-values lack.
/// </summary>
/// <param name="router">Knows the owners.</param>
/// <param name="onRefused">Told of a step before the last one that its owner did not store, and that is refused now.</param>
internal sealed class StepLearner(QTableRouter router, Action<InvalidInputException> onRefused)
{
    private const int MaxTries = 5;

    /// <summary>Chooses an action.</summary>
    public Task<SelectedAction> SelectAsync(SelectActionRequest request) =>
        router.AskAsync(request.State, owner => owner.SelectAction(request));

    /// <summary>Learns a step.</summary>
    /// <param name="before">The steps of the episode that may not be durable; the step joins them.</param>
    /// <param name="transition">What happened; when it ends the episode, all steps are durable afterwards.</param>
    /// <param name="update">Its number.</param>
    /// <exception cref="InvalidInputException">It is not allowed; nothing was learned.</exception>
    /// <exception cref="WriteBacklogFullException">PostgreSQL is behind by too much; nothing was learned.</exception>
    /// <exception cref="StorageUnavailableException">It was learned, but not stored yet; report the same step again.</exception>
    /// <exception cref="ClusterUnavailableException">It may have been learned; report the same step again.</exception>
    public async Task<(LearnResult Learned, UpdateReceipt Receipt)> LearnAsync(
        List<LearnedStep> before, Transition transition, UpdateId update)
    {
        var mode = transition.EndsEpisode ? WriteMode.Durable : WriteMode.AgentTypeDefault;
        var (result, learned) = await ApplyAsync(transition, update, mode, before);
        before.RemoveAll(step => step.Owner == result.Owner && step.Version <= result.Durable);
        if (transition.EndsEpisode)
        {
            await StoreAsync(before);
        }
        else
        {
            before.Add(new LearnedStep(update, transition, result.Owner, learned.Version));
        }

        return (learned, new UpdateReceipt(result.Owner, result.Durable, transition));
    }

    /// <summary>
    /// Makes steps durable, such as those which other owners learned than the one that learned the last step; an owner that was lost did
    /// not store them.
    /// </summary>
    /// <param name="steps">Each is removed when it is durable.</param>
    /// <exception cref="StorageUnavailableException">One is not stored yet.</exception>
    public async Task StoreAsync(List<LearnedStep> steps)
    {
        foreach (var step in steps.ToArray())
        {
            await LearnAgainAsync(step, WriteMode.Durable);
            steps.Remove(step);
        }
    }

    /// <summary>Has a step learned, after those before it: what an owner learned of them that was lost comes first.</summary>
    private async Task<(UpdateResult Result, LearnResult Learned)> ApplyAsync(
        Transition transition, UpdateId update, WriteMode mode, List<LearnedStep> before)
    {
        while (true)
        {
            var (result, learned) = await ApplyAsync(transition, update, mode, OwnerOf(transition, before));
            if (learned is { } known)
            {
                return (result, known);
            }

            await LearnAgainAsync(before, result.Owner, transition);
        }
    }

    private async Task LearnAgainAsync(List<LearnedStep> steps, Guid owner, Transition transition)
    {
        for (var i = 0; i < steps.Count; i++)
        {
            var step = steps[i];
            if (step.Owner != owner && PartitionOf(step.Transition) == PartitionOf(transition))
            {
                steps[i] = await LearnAgainAsync(step, WriteMode.WriteBehind) ?? step with { Owner = owner, Version = 0 };
            }
        }
    }

    /// <returns>The step as it is learned now; null: it was refused.</returns>
    private async Task<LearnedStep?> LearnAgainAsync(LearnedStep step, WriteMode mode)
    {
        try
        {
            var (result, learned) = await ApplyAsync(step.Transition, step.Update, mode, Guid.Empty, isResent: true);
            return step with { Owner = result.Owner, Version = learned!.Value.Version };
        }
        catch (InvalidInputException refused)
        {
            // Others were learned before it now, with which its Q-value would leave its range. Those after it are learned all the same.
            onRefused(refused);
            return null;
        }
    }

    private Guid OwnerOf(Transition transition, List<LearnedStep> before) =>
        before.FindLast(step => PartitionOf(step.Transition) == PartitionOf(transition))?.Owner ?? Guid.Empty;

    private int PartitionOf(Transition transition) => TablePartition.IndexOf(transition.State.Key, router.Owners.Length);

    /// <returns>What was learned; null: another owner than the given one has the partition, and did nothing.</returns>
    private async Task<(UpdateResult Result, LearnResult? Learned)> ApplyAsync(
        Transition transition, UpdateId update, WriteMode mode, Guid owner, bool isResent = false)
    {
        FencedException? doubt = null;
        UpdateGroup[] groups = [new UpdateGroup { Number = update.Number, Transitions = [transition] }];
        for (var tries = 1; ; tries++)
        {
            try
            {
                var owners = router.Owners;
                var partition = TablePartition.IndexOf(transition.State.Key, owners.Length);
                var result = await owners[partition].Apply(new UpdateBatch
                {
                    ClientId = update.ClientId,
                    SettledBelow = Math.Min(update.SettledBelow, update.Number),
                    Owner = owner,
                    Groups = groups,
                    NextStates = await router.ReadNextStatesAsync(groups, partition, owners.Length),
                    Mode = mode,
                    IsResent = isResent,
                });
                return result switch
                {
                    { Refusals: [{ Error: StorageUnavailableException notStored }, ..] } => throw NotStored(notStored.Message),
                    { Refusals: [var refused, ..] } => throw (doubt is null ? refused.Error : NotKnown(refused.Error)),
                    { NotDurable: { } reason } => throw NotStored(reason),
                    _ => (result, result.Results?[0]),
                };
            }
            catch (FencedException fenced) when (tries < MaxTries)
            {
                doubt = fenced.IsBeforeLearning || fenced is NotOwnerException ? doubt : fenced;
                router.Note(fenced);
            }
            catch (FencedException) when (doubt is not null)
            {
                // The client repeats it, and knows by that one that the step may have been learned.
                throw doubt;
            }
        }
    }

    private static StorageUnavailableException NotStored(string reason) =>
        new($"The step was learned, but is not stored yet ({reason}). Report the same step again.") { IsLearned = true };

    private static ClusterUnavailableException NotKnown(QLearningException error) => new(
        "An owner that lost its rows may have learned and stored the step: report the same step again. " + error.Message, error);
}
