using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using QLearning.Abstractions;

namespace QLearning.Client.Connection;

/// <summary>
/// Makes references to grains whatever silos run at the moment. Orleans looks up in what it knows of the silos which class of grain has an
/// interface, and before it has connected, and between the last silo that went and the next one that came, a client knows nothing. What it
/// once found stays true. Grains that silos of an older version may not have are named at each call, so that a client which is newer than
/// the silos connects and does all that those can, and the rest once they are updated.
/// </summary>
internal static class KnownGrains
{
    private static readonly ConditionalWeakTable<IGrainFactory, ConcurrentDictionary<Type, GrainType>> _types = [];

    // Orleans' names of the classes that every silo has. A program may have made its client, and its services may ask that for a table,
    // before it connects.
    private static readonly Dictionary<Type, GrainType> _ofEverySilo = new()
    {
        [typeof(IAgentTypeGrain)] = GrainType.Create("agenttype"),
        [typeof(IAgentGrain)] = GrainType.Create("agent"),
        [typeof(IPatternLibraryGrain)] = GrainType.Create("patternlibrary"),
        [typeof(IHistoryGrain)] = GrainType.Create("history"),
        [typeof(ISessionGrain)] = GrainType.Create("session"),
        [typeof(IRegistryGrain)] = GrainType.Create("registry"),
        [typeof(IMaintenanceGrain)] = GrainType.Create("maintenance"),
    };

    /// <summary>A grain with a text as its key.</summary>
    /// <exception cref="ClusterUnavailableException">No silo is known that has it, nor was one before.</exception>
    public static T GetKnown<T>(this IGrainFactory grains, string key)
        where T : IGrainWithStringKey => Get(grains, IdSpan.Create(key), () => grains.GetGrain<T>(key));

    /// <summary>A grain with a number as its key.</summary>
    /// <exception cref="ClusterUnavailableException">No silo is known that has it, nor was one before.</exception>
    public static T GetKnown<T>(this IGrainFactory grains, long key)
        where T : IGrainWithIntegerKey => Get(grains, GrainIdKeyExtensions.CreateIntegerKey(key), () => grains.GetGrain<T>(key));

    /// <summary>A grain with a <see cref="Guid"/> as its key.</summary>
    /// <exception cref="ClusterUnavailableException">No silo is known that has it, nor was one before.</exception>
    public static T GetKnown<T>(this IGrainFactory grains, Guid key)
        where T : IGrainWithGuidKey => Get(grains, GrainIdKeyExtensions.CreateGuidKey(key), () => grains.GetGrain<T>(key));

    private static T Get<T>(IGrainFactory grains, IdSpan key, Func<T> find)
        where T : IAddressable
    {
        try
        {
            var found = find();
            if (found is GrainReference reference)
            {
                _types.GetOrCreateValue(grains).TryAdd(typeof(T), reference.GrainId.Type);
            }

            return found;
        }
        catch (ArgumentException error)
        {
            return (_types.TryGetValue(grains, out var known) && known.TryGetValue(typeof(T), out var type))
                || _ofEverySilo.TryGetValue(typeof(T), out type)
                ? grains.GetGrain<T>(GrainId.Create(type, key))
                : throw new ClusterUnavailableException(
                    $"No silo is known that has an {typeof(T).Name}: none runs, or those that run are older than this client. "
                    + "Call again, or update the silos first.",
                    error);
        }
    }
}
