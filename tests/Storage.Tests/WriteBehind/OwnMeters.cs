using System.Diagnostics.Metrics;

namespace QLearning.Storage.Tests.WriteBehind;

/// <summary>Meters of one test, which collectors tell from those of other tests by their scope.</summary>
internal sealed class OwnMeters : IMeterFactory
{
    private readonly List<Meter> _meters = [];

    public Meter Create(MeterOptions options)
    {
        options.Scope = this;
        var meter = new Meter(options);
        _meters.Add(meter);
        return meter;
    }

    public void Dispose() => _meters.ForEach(meter => meter.Dispose());
}
