using QLearning.Grains.SqlChanges;

namespace QLearning.Bench.Simulation;

/// <summary>The silos and the directory of grains.</summary>
/// <param name="world">The schedule.</param>
internal sealed class SimCluster(SimWorld world)
{
    private const int MinSilos = 2;

    private static readonly TimeSpan _responseTimeout = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan _longestDetection = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan _longestZombie = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan _relayRetry = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, SimActivation> _directory = [];
    private readonly Dictionary<string, SimActivation> _zombies = [];
    private readonly List<SimSilo> _silos = [];
    private int _silosMade;

    public IEnumerable<SimActivation> Activations => _directory.Values;

    public void Start()
    {
        while (_silos.Count < MinSilos)
        {
            _silos.Add(new SimSilo(world, $"silo{++_silosMade}"));
        }
    }

    /// <summary>Calls a grain.</summary>
    public Task<T> CallAsync<T>(string key, string what, Func<Grain, Task<T>> call)
    {
        var answer = new TaskCompletionSource<T>();
        var request = new SimRequest<T>(world, key, what, call, answer);
        world.Scheduler.After(_responseTimeout, () =>
        {
            if (answer.TrySetException(new TimeoutException($"{what} was not answered.")))
            {
                world.Trace($"network: {what} to {key} was not answered");
            }
        });
        world.Network.Send(what, () => Deliver(request));
        return answer.Task;
    }

    public void Deliver(SimRequest request)
    {
        if (_zombies.TryGetValue(request.Key, out var zombie) && world.Chance.Next(4) == 0)
        {
            zombie.Receive(request);
            return;
        }

        if (!_directory.TryGetValue(request.Key, out var activation))
        {
            var silo = _silos[world.Chance.Next(_silos.Count)];
            _directory[request.Key] = activation = silo.Activate(request.Key);
            world.Trace($"{silo.Node.Name}: {request.Key} is activated");
        }

        activation.Receive(request);
    }

    public void Remove(SimActivation activation)
    {
        if (_directory.TryGetValue(activation.Key, out var known) && known == activation)
        {
            _directory.Remove(activation.Key);
        }
    }

    /// <summary>A silo dies; the others notice some time later.</summary>
    public void Crash()
    {
        var silo = Take();
        world.Trace($"{silo.Node.Name} dies");
        silo.Node.Kill();
        world.Scheduler.After(_longestDetection * world.Chance.NextDouble(), () => Forget(silo));
        Start();
    }

    /// <summary>A silo is given up by the others, and dies some time later.</summary>
    public void MakeZombie()
    {
        var silo = Take();
        world.Trace($"{silo.Node.Name} is given up and lives on");
        foreach (var activation in _directory.Values.Where(activation => activation.Silo == silo))
        {
            _zombies[activation.Key] = activation;
        }

        Forget(silo);
        world.Scheduler.After(_longestZombie * world.Chance.NextDouble(), () => End(silo));
        Start();
    }

    public void EndZombies()
    {
        foreach (var silo in _zombies.Values.Select(activation => activation.Silo).Distinct().ToArray())
        {
            End(silo);
        }
    }

    /// <summary>Ends an activation in good order.</summary>
    public void Deactivate()
    {
        if (_directory.Count > 0)
        {
            _directory.Values.ElementAt(world.Chance.Next(_directory.Count)).End();
        }
    }

    /// <summary>Tells the silos that the settings were changed by SQL.</summary>
    public void TellSettings()
    {
        foreach (var silo in _silos)
        {
            silo.Pool.Post(_ => _ = TellAsync(silo), null);
        }
    }

    private static async Task TellAsync(SimSilo silo)
    {
        while (true)
        {
            try
            {
                await Task.WhenAll(silo.Active.Find(SimWorld.AgentType).Select(table => table.TakeOver(new SqlChangeSet([], false, true))));
                return;
            }
            catch (Exception)
            {
                await Task.Delay(_relayRetry, silo.Time);
            }
        }
    }

    private SimSilo Take()
    {
        var place = world.Chance.Next(_silos.Count);
        var silo = _silos[place];
        _silos.RemoveAt(place);
        return silo;
    }

    private void Forget(SimSilo silo)
    {
        foreach (var activation in _directory.Values.Where(activation => activation.Silo == silo).ToArray())
        {
            Remove(activation);
        }
    }

    private void End(SimSilo silo)
    {
        if (silo.Node.IsAlive)
        {
            world.Trace($"{silo.Node.Name}, a zombie, dies");
            silo.Node.Kill();
        }

        foreach (var gone in _zombies.Where(zombie => zombie.Value.Silo == silo).Select(zombie => zombie.Key).ToArray())
        {
            _zombies.Remove(gone);
        }
    }
}
