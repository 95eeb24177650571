using System.Runtime.CompilerServices;
using Orleans.Core;
using Orleans.Timers;

namespace QLearning.Bench.Simulation;

/// <summary>
/// One activation of a real grain, with as much of Orleans around it as it uses: its turns in their order, its timer, and its end after its
/// calls.
/// </summary>
internal sealed class SimActivation : IGrainContext, IGrainRuntime, ITimerRegistry, IServiceProvider
{
    private static readonly TimeSpan _callsAtEnd = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan _endLimit = TimeSpan.FromSeconds(10);

    private readonly SimWorld _world;
    private readonly Grain _grain;
    private readonly bool _isReentrant;
    private readonly Queue<SimRequest> _waiting = new();
    private readonly SimContext _context;
    private int _running;
    private bool _isActive;
    private bool _isEnding;
    private bool _isGone;

    public SimActivation(SimWorld world, SimSilo silo, string key, Grain grain, bool isReentrant)
    {
        (_world, Silo, Key, _grain, _isReentrant) = (world, silo, key, grain, isReentrant);
        _context = new SimContext(world.Scheduler, silo.Node, isFifo: true);
        GrainId = GrainId.Create("simulated", key);
        ContextOf(grain) = this;
        RuntimeOf(grain) = this;
        _context.Post(static state => _ = ((SimActivation)state!).ActivateAsync(), this);
    }

    public SimSilo Silo { get; }

    public string Key { get; }

    public GrainId GrainId { get; }

    public object GrainInstance => _grain;

    public IServiceProvider ActivationServices => this;

    public string SiloIdentity => Silo.Node.Name;

    public IGrainFactory GrainFactory => Silo.Grains;

    public TimeProvider TimeProvider => Silo.Time;

    public ITimerRegistry TimerRegistry => this;

    public IServiceProvider ServiceProvider => this;

    public GrainReference GrainReference => throw new NotSupportedException();

    public ActivationId ActivationId => throw new NotSupportedException();

    public GrainAddress Address => throw new NotSupportedException();

    public IGrainLifecycle ObservableLifecycle => throw new NotSupportedException();

    public IWorkItemScheduler Scheduler => throw new NotSupportedException();

    public Task Deactivated => throw new NotSupportedException();

    public SiloAddress SiloAddress => throw new NotSupportedException();

    /// <summary>Takes a call; one that comes too late is passed on to the next activation.</summary>
    public void Receive(SimRequest request) => _context.Post(_ => Accept(request), null);

    /// <summary>Ends the activation after its calls.</summary>
    public void End() => _context.Post(static state => ((SimActivation)state!).BeginEnd(), this);

    public void DeactivateOnIdle(IGrainContext grainContext) => End();

    public void DelayDeactivation(IGrainContext grainContext, TimeSpan timeSpan)
    {
    }

    public IGrainTimer RegisterGrainTimer<TState>(
        IGrainContext grainContext, Func<TState, CancellationToken, Task> callback, TState state, GrainTimerCreationOptions options) =>
        new Timer(this, _ => callback(state, CancellationToken.None), options);

    public object? GetService(Type serviceType) =>
        serviceType.IsInstanceOfType(this) ? this : throw new NotSupportedException(serviceType.Name);

    public bool Equals(IGrainContext? other) => ReferenceEquals(this, other);

    public void SetComponent<TComponent>(TComponent? value)
        where TComponent : class => throw new NotSupportedException();

    public void ReceiveMessage(object message) => throw new NotSupportedException();

    public void Activate(Dictionary<string, object>? requestContext, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public void Deactivate(DeactivationReason deactivationReason, CancellationToken cancellationToken) => throw new NotSupportedException();

    public void Rehydrate(IRehydrationContext context) => throw new NotSupportedException();

    public void Migrate(Dictionary<string, object>? requestContext, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public object? GetTarget() => _grain;

    public object? GetComponent(Type componentType) => throw new NotSupportedException();

    public IStorage<TGrainState> GetStorage<TGrainState>(IGrainContext grainContext) => throw new NotSupportedException();

    public IDisposable RegisterTimer(
        IGrainContext grainContext, Func<object?, Task> asyncCallback, object? state, TimeSpan dueTime, TimeSpan period) =>
        throw new NotSupportedException();

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "<GrainContext>k__BackingField")]
    private static extern ref IGrainContext ContextOf(Grain grain);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "<Runtime>k__BackingField")]
    private static extern ref IGrainRuntime RuntimeOf(Grain grain);

    private async Task ActivateAsync()
    {
        await _grain.OnActivateAsync(CancellationToken.None);
        _isActive = true;
        StartWaiting();
    }

    private void Accept(SimRequest request)
    {
        if (_isGone)
        {
            _world.Cluster.Deliver(request);
            return;
        }

        _waiting.Enqueue(request);
        StartWaiting();
    }

    private void StartWaiting()
    {
        while (_isActive && !_isEnding && (_isReentrant || _running == 0) && _waiting.TryDequeue(out var request))
        {
            _ = RunAsync(request);
        }
    }

    private async Task RunAsync(SimRequest request)
    {
        _running++;
        await request.RunAsync(_grain);
        _running--;
        if (_isEnding && _running == 0)
        {
            await EndAsync();
        }

        StartWaiting();
    }

    private void BeginEnd()
    {
        if (_isEnding || !_isActive)
        {
            return;
        }

        _isEnding = true;
        if (_running == 0)
        {
            _ = EndAsync();
        }
        else
        {
            _world.Scheduler.After(_callsAtEnd, () => _context.Post(_ => _ = EndAsync(), null));
        }
    }

    private async Task EndAsync()
    {
        if (!_isActive)
        {
            return;
        }

        _isActive = false;
        _world.Trace($"{Silo.Node.Name}: {Key} is deactivated");
        using var limit = new CancellationTokenSource(_endLimit, Silo.Time);
        await _grain.OnDeactivateAsync(new DeactivationReason(DeactivationReasonCode.ApplicationRequested, "asked"), limit.Token);
        (_grain as IDisposable)?.Dispose();
        _isGone = true;
        _world.Cluster.Remove(this);
        while (_waiting.TryDequeue(out var request))
        {
            _world.Cluster.Deliver(request);
        }
    }

    private sealed class Timer : IGrainTimer
    {
        private readonly SimTimer _timer;
        private bool _isDisposed;

        public Timer(SimActivation activation, Func<object?, Task> callback, GrainTimerCreationOptions options)
        {
            _timer = new SimTimer(
                activation._world.Scheduler,
                activation._context,
                _ =>
                {
                    if (!_isDisposed && !activation._isGone)
                    {
                        _ = callback(null);
                    }
                },
                null);
            Change(options.DueTime, options.Period);
        }

        public void Change(TimeSpan dueTime, TimeSpan period) => _timer.Change(dueTime, period);

        public void Dispose()
        {
            _isDisposed = true;
            _timer.Dispose();
        }
    }
}
