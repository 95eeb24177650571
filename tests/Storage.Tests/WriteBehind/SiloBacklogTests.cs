using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Options;
using QLearning.Storage.WriteBehind;

namespace QLearning.Storage.Tests.WriteBehind;

/// <summary>What waits in a silo is counted exactly from all threads, limited, and shown as a metric.</summary>
public sealed class SiloBacklogTests : IDisposable
{
    private static readonly WriteBehindOptions _options =
        new() { MaxSiloBacklog = 100, MaxTrajectoryBacklog = 50, MaxSiloBacklogBytes = 1000 };

    private readonly OwnMeters _meters = new();
    private readonly SiloBacklog _backlog;

    public SiloBacklogTests() => _backlog = new SiloBacklog(Options.Create(_options), _meters);

    public void Dispose() => _meters.Dispose();

    [Fact]
    public void Q_values_fit_up_to_the_limit()
    {
        _backlog.Add(97, 0);
        _backlog.CheckRoom(3, 0);
        var error = Assert.Throws<WriteBacklogFullException>(() => _backlog.CheckRoom(4, 0));
        Assert.Equal("The silo has 97 Q-values waiting for PostgreSQL. Allowed: 100. Try again in 2 s.", error.Message);
        Assert.Equal(_options.MaxRetryDelay, error.RetryAfter);
    }

    [Fact]
    public void Bytes_fit_up_to_their_limit_whatever_they_are_of()
    {
        _backlog.Add(1, 600);
        using var room = _backlog.TakeTrajectoryRoom(1, 300);
        _backlog.CheckRoom(1, 100);
        var error = Assert.Throws<WriteBacklogFullException>(() => _backlog.CheckRoom(1, 101));
        Assert.Equal(
            "The silo has 900 bytes of Q-values, trajectories and rewards waiting for PostgreSQL. Allowed: 1000. Try again in 2 s.",
            error.Message);
        Assert.Throws<WriteBacklogFullException>(() => _backlog.TakeTrajectoryRoom(1, 101));
        Assert.Equal((0.9, 900, 1), (_backlog.Share, _backlog.Bytes, _backlog.TrajectoryRows));
    }

    [Fact]
    public void Bytes_that_were_written_make_room()
    {
        _backlog.Add(2, 1000);
        _backlog.Add(-1, -400);
        _backlog.TakeTrajectoryRoom(1, 400).Dispose();
        Assert.Equal(600, _backlog.Bytes);
        _backlog.CheckRoom(1, 400);
    }

    [Fact]
    public void Room_that_was_refused_is_not_taken_and_room_given_back_counts_once()
    {
        var first = _backlog.TakeTrajectoryRoom(30, 0);
        Assert.Throws<WriteBacklogFullException>(() => _backlog.TakeTrajectoryRoom(21, 0));
        using var second = _backlog.TakeTrajectoryRoom(20, 0);
        Assert.Equal(50, _backlog.TrajectoryRows);
        first.Dispose();
        first.Dispose();
        Assert.Equal(20, _backlog.TrajectoryRows);
    }

    [Fact]
    public void What_is_larger_than_a_limit_is_taken_when_nothing_waits()
    {
        _backlog.TakeTrajectoryRoom(51, 1001).Dispose();
        _backlog.CheckRoom(1, 1001);
        using var room = _backlog.TakeTrajectoryRoom(1, 1);
        Assert.Throws<WriteBacklogFullException>(() => _backlog.TakeTrajectoryRoom(51, 0));
        Assert.Throws<WriteBacklogFullException>(() => _backlog.TakeTrajectoryRoom(1, 1001));
        Assert.Throws<WriteBacklogFullException>(() => _backlog.CheckRoom(1, 1001));
    }

    [Fact]
    public void The_share_is_that_of_the_fuller_backlog()
    {
        _backlog.Add(60, 0);
        Assert.Equal(0.6, _backlog.Share);
        using var room = _backlog.TakeTrajectoryRoom(45, 0);
        Assert.Equal(0.9, _backlog.Share);
    }

    [Fact]
    public void Many_threads_neither_lose_nor_double_a_count()
    {
        Parallel.For(0, 8, thread =>
        {
            for (var i = 0; i < 10_000; i++)
            {
                _backlog.Add(3, 0);
                _backlog.Add(thread == 0 ? -2 : -3, 0);
            }
        });
        Assert.Equal(10_000, _backlog.QValues);
    }

    [Fact]
    public void Both_backlogs_are_shown_by_kind()
    {
        using var gauge = new MetricCollector<long>(_meters, FlushInstruments.MeterName, "qlearning.flush.backlog");
        _backlog.Add(7, 0);
        using var room = _backlog.TakeTrajectoryRoom(5, 0);
        gauge.RecordObservableInstruments();
        Assert.Equal(
            [("q_values", 7L), ("trajectories", 5L)],
            gauge.GetMeasurementSnapshot().Select(measured => ((string)measured.Tags["kind"]!, measured.Value)));
        Assert.Equal("{row}", gauge.Instrument?.Unit);
    }

    [Fact]
    public void Their_bytes_are_shown_by_kind_too()
    {
        using var gauge = new MetricCollector<long>(_meters, FlushInstruments.MeterName, "qlearning.flush.backlog.size");
        _backlog.Add(1, 70);
        using var room = _backlog.TakeTrajectoryRoom(1, 50);
        gauge.RecordObservableInstruments();
        Assert.Equal(
            [("q_values", 70L), ("trajectories", 50L)],
            gauge.GetMeasurementSnapshot().Select(measured => ((string)measured.Tags["kind"]!, measured.Value)));
        Assert.Equal("By", gauge.Instrument?.Unit);
    }
}
