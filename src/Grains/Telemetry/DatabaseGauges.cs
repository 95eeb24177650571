using System.Diagnostics.Metrics;
using QLearning.Abstractions;
using QLearning.Grains.Maintenance;
using QLearning.Storage.Status;

namespace QLearning.Grains.Telemetry;

/// <summary>
/// PostgreSQL's state and the maintenance jobs' as metrics, as they were read last. A silo that does not read them exports none.
/// </summary>
internal sealed class DatabaseGauges
{
    private readonly TimeProvider _time;
    private volatile Reading? _reading;

    public DatabaseGauges(IMeterFactory meters, TimeProvider time)
    {
        _time = time;
        var meter = meters.Create(QLearningTelemetry.Name);
        ObserveServer(meter);
        ObserveTables(meter);
        ObserveMaintenance(meter);
    }

    /// <summary>Exports a state from now on.</summary>
    public void Show(DatabaseState state) => _reading = new Reading(state, _time.GetTimestamp());

    /// <summary>Exports nothing from now on.</summary>
    public void Clear() => _reading = null;

    private void ObserveServer(Meter meter)
    {
        meter.CreateObservableGauge(
            "qlearning.postgres.database.size", () => One(static state => state.Bytes), "By", "Size of the database");
        meter.CreateObservableGauge(
            "qlearning.postgres.transaction.age",
            () => One(static state => state.OldestTransaction.TotalSeconds),
            "s",
            "Age of the oldest open transaction in the database");
        meter.CreateObservableGauge(
            "qlearning.postgres.connections", () => One(static state => state.Connections), "{connection}", "Connections to the server");
        meter.CreateObservableGauge(
            "qlearning.postgres.connections.limit",
            () => One(static state => state.MaxConnections),
            "{connection}",
            "Connections that the server allows to those who are no superusers");
        meter.CreateObservableGauge(
            "qlearning.postgres.read.age",
            () => _reading is { } reading ? [new(_time.GetElapsedTime(reading.At).TotalSeconds)] : Array.Empty<Measurement<double>>(),
            "s",
            "Time since PostgreSQL's state was read");
    }

    private void ObserveTables(Meter meter)
    {
        meter.CreateObservableGauge(
            "qlearning.postgres.table.size",
            () => Each(static state => state.Tables, static table => [new(table.Bytes, Tag("table", table.Name))]),
            "By",
            "Size of a table with its indexes and its large values");
        meter.CreateObservableGauge(
            "qlearning.postgres.index.size",
            () => Each(
                static state => state.Indexes, static index => [new(index.Bytes, Tag("table", index.Table), Tag("index", index.Name))]),
            "By",
            "Size of an index");
        meter.CreateObservableGauge(
            "qlearning.postgres.table.rows",
            () => Each(static state => state.Tables, static table =>
            [
                new(table.Live, Tag("table", table.Name), Tag("state", "live")),
                new(table.Dead, Tag("table", table.Name), Tag("state", "dead")),
            ]),
            "{row}",
            "Rows as PostgreSQL estimates them");
        meter.CreateObservableCounter(
            "qlearning.postgres.table.updates",
            () => Each(static state => state.Tables, static table =>
            [
                new(table.HotUpdated, Tag("table", table.Name), Tag("hot", "true")),
                new(table.Updated - table.HotUpdated, Tag("table", table.Name), Tag("hot", "false")),
            ]),
            "{row}",
            "Rows updated, by whether no index had to be touched");
    }

    private void ObserveMaintenance(Meter meter)
    {
        meter.CreateObservableGauge(
            "qlearning.maintenance.success.age",
            () => EachJob((runs, _, succeededAt) => (succeededAt ?? runs.Since) is { } at ? Since(at) : null),
            "s",
            "Time since the last run that succeeded, or since the jobs were first scheduled");
        meter.CreateObservableGauge(
            "qlearning.maintenance.run.age",
            () => EachJob((_, run, _) => run is null ? null : Since(run.StartedAt)),
            "s",
            "Time since the last run began");
        meter.CreateObservableGauge(
            "qlearning.maintenance.run.duration",
            () => EachJob(static (_, run, _) => run?.Duration.TotalSeconds),
            "s",
            "Duration of the last run");
        meter.CreateObservableGauge(
            "qlearning.maintenance.run.failed",
            () => EachJob(static (_, run, _) => run is null ? null : run.Error is null ? 0 : 1),
            unit: null,
            "1 when the last run failed, else 0");
    }

    private double Since(DateTimeOffset time) => Math.Max(0, (_time.GetUtcNow() - time).TotalSeconds);

    private Measurement<T>[] One<T>(Func<DatabaseState, T> read)
        where T : struct => _reading is { } reading ? [new(read(reading.State))] : [];

    private Measurement<long>[] Each<T>(Func<DatabaseState, IReadOnlyList<T>> find, Func<T, Measurement<long>[]> measure) =>
        _reading is { } reading ? [.. find(reading.State).SelectMany(measure)] : [];

    private Measurement<double>[] EachJob(Func<MaintenanceRuns, JobRun?, DateTimeOffset?, double?> read)
    {
        if (_reading is not { State.Maintenance: var runs })
        {
            return [];
        }

        (MaintenanceJob Job, double? Value)[] values =
        [
            (MaintenanceJob.CleanUp, read(runs, runs.CleanUp, runs.CleanedUpAt)),
            (MaintenanceJob.RefreshViews, read(runs, runs.RefreshViews, runs.ViewsRefreshedAt)),
        ];
        return
        [
            .. from one in values
               let value = one.Value
               where value is not null
               select new Measurement<double>((double)value, Tag("job", MaintenanceInstruments.NameOf(one.Job))),
        ];
    }

    private static KeyValuePair<string, object?> Tag(string name, string value) => new(name, value);

    /// <summary>A state and when it was read.</summary>
    private sealed record Reading(DatabaseState State, long At);
}
