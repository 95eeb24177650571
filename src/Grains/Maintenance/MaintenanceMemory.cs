using Orleans.Storage;

namespace QLearning.Grains.Maintenance;

/// <summary>
/// What the maintenance grain keeps in Orleans' grain storage. It is read by the first call and not by the activation, so that a grain with
/// a key that is not allowed reads nothing.
/// </summary>
internal sealed class MaintenanceMemory
{
    private const string StateName = "maintenance";

    private readonly GrainState<MaintenanceState> _state = new(new MaintenanceState());
    private readonly IGrainStorage _storage;
    private readonly GrainId _owner;

    private MaintenanceMemory(IGrainStorage storage, GrainId owner) => (_storage, _owner) = (storage, owner);

    public MaintenanceState State => _state.State!;

    public static async Task<MaintenanceMemory> ReadAsync(IGrainStorage storage, GrainId owner)
    {
        var memory = new MaintenanceMemory(storage, owner);
        await storage.ReadStateAsync(StateName, owner, memory._state);
        return memory;
    }

    public Task WriteAsync() => _storage.WriteStateAsync(StateName, _owner, _state);
}
