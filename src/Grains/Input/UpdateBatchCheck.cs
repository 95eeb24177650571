using QLearning.Abstractions;
using QLearning.Abstractions.Input;

namespace QLearning.Grains.Input;

/// <summary>Checks batches of numbered updates before anything changes.</summary>
internal static class UpdateBatchCheck
{
    /// <exception cref="InvalidInputException">A part is not allowed.</exception>
    public static void All(UpdateBatch batch)
    {
        if (batch is null)
        {
            throw InvalidInputException.For("updates", null, "they are missing", "a batch of updates");
        }

        if (batch.ClientId == Guid.Empty)
        {
            throw InvalidInputException.For("client id", batch.ClientId, "it is empty", "an id of the client's own");
        }

        if (batch.Sequence < 1)
        {
            throw InvalidInputException.For("number of the updates", batch.Sequence, "it is too small", "1 or more");
        }

        if (batch.SettledBelow < 1 || batch.SettledBelow > batch.Sequence)
        {
            throw InvalidInputException.For("settled number", batch.SettledBelow, "it is out of range", $"1 to the updates' own, {batch.Sequence}");
        }

        if (batch.Epoch < 0)
        {
            throw InvalidInputException.For("epoch", batch.Epoch, "it is negative", "0 or more");
        }

        InputCheck.Mode(batch.Mode);
        InputCheck.Transitions(batch.Transitions);
        InputCheck.Upserts(batch.Upserts);
        if (batch.Transitions.Length > 0 == batch.Upserts.Length > 0)
        {
            throw InvalidInputException.For(
                "updates", batch.Transitions.Length, "there are none, or both kinds", "transitions or Q-values, at least one");
        }
    }
}
