using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;

namespace QLearning.TestingHost;

/// <summary>Gives a silo a clock of the test's own.</summary>
internal static class GivenClock
{
    // Nearly as long as a timer can be set.
    private static readonly TimeSpan _never = TimeSpan.FromDays(24);

    /// <summary>
    /// Has a silo follow a clock. Orleans measures calls and activations by it too: a test that advances it by a minute must not make those
    /// fail that happen to be under way, as by their limit of 30 seconds they would.
    /// </summary>
    public static void Use(ISiloBuilder silo, TimeProvider time)
    {
        silo.Services.AddSingleton(time);
        silo.Services.Configure<SiloMessagingOptions>(messaging =>
            (messaging.ResponseTimeout, messaging.SystemResponseTimeout) = (_never, _never));
        silo.Services.Configure<GrainCollectionOptions>(collection =>
            (collection.ActivationTimeout, collection.DeactivationTimeout) = (_never, _never));
    }
}
