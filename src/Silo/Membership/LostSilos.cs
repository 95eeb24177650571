using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace QLearning.Silo.Membership;

/// <summary>
/// Warns once of a silo of the cluster that was lost. What the runtime says of each probe and connection that fails until then is not for a
/// person to read (the command line does not log it).
/// </summary>
/// <param name="status">What the cluster knows of its silos.</param>
/// <param name="logger">Gets the warning.</param>
internal sealed class LostSilos(ISiloStatusOracle status, ILogger<LostSilos> logger)
    : ISiloStatusListener, ILifecycleParticipant<ISiloLifecycle>
{
    // Those that are members and were not seen to stop.
    private readonly ConcurrentDictionary<SiloAddress, bool> _members = new();

    public void Participate(ISiloLifecycle lifecycle) =>
        lifecycle.Subscribe(
            nameof(LostSilos),
            ServiceLifecycleStage.Active,
            _ =>
            {
                status.SubscribeToSiloStatusEvents(this);
                foreach (var (silo, state) in status.GetApproximateSiloStatuses(onlyActive: true))
                {
                    SiloStatusChangeNotification(silo, state);
                }

                return Task.CompletedTask;
            },
            _ =>
            {
                status.UnSubscribeFromSiloStatusEvents(this);
                return Task.CompletedTask;
            });

    public void SiloStatusChangeNotification(SiloAddress updatedSilo, SiloStatus status)
    {
        switch (status)
        {
            case SiloStatus.Active:
                _members[updatedSilo] = true;
                break;
            case SiloStatus.ShuttingDown or SiloStatus.Stopping:
                _members.TryRemove(updatedSilo, out _);
                break;
            case SiloStatus.Dead when _members.TryRemove(updatedSilo, out _):
                logger.SiloLost(updatedSilo);
                break;
        }
    }
}
