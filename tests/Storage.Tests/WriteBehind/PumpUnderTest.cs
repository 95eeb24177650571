using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Options;
using Npgsql;
using QLearning.Storage.WriteBehind;

namespace QLearning.Storage.Tests.WriteBehind;

/// <summary>A pump with one lane, its metrics and its log.</summary>
internal sealed class PumpUnderTest : IAsyncDisposable
{
    private readonly OwnMeters _meters = new();
    private readonly FlushPump _pump;

    public PumpUnderTest(NpgsqlDataSource dataSource, TimeProvider? time = null, WriteBehindOptions? options = null)
    {
        Durations = new MetricCollector<double>(_meters, FlushInstruments.MeterName, "qlearning.flush.duration");
        Lags = new MetricCollector<double>(_meters, FlushInstruments.MeterName, "qlearning.flush.lag");
        Rows = new MetricCollector<long>(_meters, FlushInstruments.MeterName, "qlearning.flush.rows");
        Fenced = new MetricCollector<long>(_meters, FlushInstruments.MeterName, "qlearning.flush.fenced");
        Retries = new MetricCollector<long>(_meters, FlushInstruments.MeterName, "qlearning.flush.retries");
        options ??= new WriteBehindOptions
        {
            Lanes = 1,
            MinRetryDelay = TimeSpan.FromMilliseconds(1),
            MaxRetryDelay = TimeSpan.FromMilliseconds(20),
        };
        _pump = new FlushPump(dataSource, Options.Create(options), new FlushInstruments(_meters), Log, time ?? TimeProvider.System);
    }

    public FakeLogger<FlushPump> Log { get; } = new();

    public MetricCollector<double> Durations { get; }

    public MetricCollector<double> Lags { get; }

    public MetricCollector<long> Rows { get; }

    public MetricCollector<long> Fenced { get; }

    public MetricCollector<long> Retries { get; }

    public Task<FlushOutcome> WriteAsync(QTableBatch batch) => _pump.WriteAsync(batch);

    /// <summary>Stops the pump; its collectors stay readable.</summary>
    public ValueTask StopAsync() => _pump.DisposeAsync();

    public async ValueTask DisposeAsync()
    {
        await _pump.DisposeAsync();
        _meters.Dispose();
    }
}
