using QLearning.Abstractions;

namespace QLearning.Client.Connection;

/// <summary>
/// Grains that silos of an older version may not have. They are looked up at each call, so that a client which is newer than the silos
/// connects and does all that those can, and the rest once they are updated.
/// </summary>
internal static class NewerGrain
{
    /// <exception cref="ClusterUnavailableException">No silo has it.</exception>
    public static T Get<T>(IGrainFactory grains)
        where T : IGrainWithIntegerKey
    {
        try
        {
            return grains.GetGrain<T>(0);
        }
        catch (ArgumentException error)
        {
            throw new ClusterUnavailableException(
                $"The silos that run have no {typeof(T).Name}: they are older than this client. Update the silos first.", error);
        }
    }
}
