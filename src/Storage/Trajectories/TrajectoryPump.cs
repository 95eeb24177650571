using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using QLearning.Abstractions;
using QLearning.Storage.Agents;
using QLearning.Storage.WriteBehind;

namespace QLearning.Storage.Trajectories;

/// <summary>
/// Stores trajectories of all grains of a silo through one connection; callers that wait at the same time share a commit.
/// </summary>
public sealed class TrajectoryPump : ITrajectoryPump, IAsyncDisposable
{
    private readonly WriteLane<TrajectoryBatch, TrajectoryOutcome> _lane;
    private readonly SiloBacklog _backlog;

    /// <summary>Starts the pump.</summary>
    /// <param name="dataSource">The database.</param>
    /// <param name="options">How it retries.</param>
    /// <param name="backlog">What waits in the silo, and its limit.</param>
    /// <param name="instruments">Metrics.</param>
    /// <param name="logger">Where failures are told.</param>
    /// <param name="time">The clock of retries and durations.</param>
    public TrajectoryPump(
        NpgsqlDataSource dataSource,
        IOptions<WriteBehindOptions> options,
        SiloBacklog backlog,
        FlushInstruments instruments,
        ILogger<TrajectoryPump> logger,
        TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        _backlog = backlog;
        _lane = new WriteLane<TrajectoryBatch, TrajectoryOutcome>(
            new TrajectoryLaneWriter(dataSource), options.Value, instruments, logger, time);
    }

    /// <inheritdoc />
    public TimeSpan OldestWait => _lane.OldestWait;

    /// <inheritdoc />
    public bool IsRunning => _lane.IsRunning;

    /// <inheritdoc />
    public async Task WriteAsync(IReadOnlyList<TrajectoryRecord> trajectories)
    {
        ArgumentNullException.ThrowIfNull(trajectories);
        if (trajectories.Count > 0)
        {
            await HandInAsync(new TrajectoryBatch(trajectories[0].AgentType, trajectories));
        }
    }

    /// <inheritdoc />
    public async Task<AgentTotals?> WriteEpisodeAsync(TrajectoryRecord trajectory, AgentProgress agent)
    {
        ArgumentNullException.ThrowIfNull(trajectory);
        ArgumentNullException.ThrowIfNull(agent);
        var outcome = await HandInAsync(new TrajectoryBatch(trajectory.AgentType, [trajectory], agent));
        return outcome.Totals;
    }

    /// <summary>Writes what still waits, trying once more at most, and stops.</summary>
    public ValueTask DisposeAsync() => _lane.DisposeAsync();

    private async Task<TrajectoryOutcome> HandInAsync(TrajectoryBatch batch)
    {
        using var room = _backlog.TakeTrajectoryRoom(batch.RowCount, batch.ByteCount);
        var calls = new FlushCalls();
        calls.Note();
        var outcome = await _lane.WriteAsync(batch with { Calls = calls.Take() });
        return outcome.Error is null ? outcome : throw ToCaller(batch, outcome.Error, outcome.MayBeStored);
    }

    private static string SessionsOf(TrajectoryBatch batch) =>
        string.Join(", ", batch.Trajectories.Select(trajectory => trajectory.SessionId).OfType<Guid>().Distinct());

    private static QLearningException ToCaller(TrajectoryBatch batch, Exception error, bool mayBeStored) => error switch
    {
        InvalidInputException refused => refused,
        PostgresException { SqlState: PostgresErrorCodes.ForeignKeyViolation, ConstraintName: { } name }
            when name.EndsWith("agent_type_fkey", StringComparison.Ordinal) => UnknownAgentTypeException.For(batch.AgentType),
        // Npgsql keeps the value that is missing to itself: it may be confidential.
        PostgresException { SqlState: PostgresErrorCodes.ForeignKeyViolation } when SessionsOf(batch) is { Length: > 0 } sessions =>
            InvalidInputException.For(
                "session", sessions, "it, or one of them, was deleted, and a trajectory belongs to it", "a session that exists, or none"),
        PostgresException { SqlState: PostgresErrorCodes.ForeignKeyViolation } missing => InvalidInputException.For(
            "trajectory or reward",
            batch.AgentType,
            $"it names what is not there ({missing.Detail ?? missing.MessageText})",
            "a session and a trajectory that exist"),
        PostgresException { SqlState: PostgresErrorCodes.NumericValueOutOfRange } => InvalidInputException.For(
            "rewards", batch.AgentType, "one, or their sum in the session or agent, is too large", "at most 99999999.9999 in size"),
        PostgresException { SqlState: PostgresErrorCodes.ProgramLimitExceeded } limit => InvalidInputException.For(
            "trajectory", batch.AgentType, $"PostgreSQL cannot store one as large ({limit.MessageText})", "fewer or smaller steps"),
        _ when mayBeStored => new StorageUnavailableException(
            $"{batch.Trajectories.Count} trajectories of '{batch.AgentType}' may be stored, and may be not: {error.Message}")
        {
            MayHaveTakenEffect = true,
        },
        _ => PostgresErrors.ToCaller($"store {batch.Trajectories.Count} trajectories of '{batch.AgentType}'", error),
    };
}
