using System.Diagnostics.Metrics;

namespace QLearning.Bench.Simulation;

/// <summary>Meters that nobody reads. Of whatever is made for a schedule a new one, that is forgotten with it.</summary>
internal sealed class NoMeters : IMeterFactory
{
    public Meter Create(MeterOptions options)
    {
        // A meter that is disposed of takes instruments and keeps none.
        var meter = new Meter(options);
        meter.Dispose();
        return meter;
    }

    public void Dispose()
    {
    }
}
