using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using QLearning.Abstractions;
using QLearning.Client;
using QLearning.Client.Connection;
using QLearning.Silo;

namespace QLearning.Bench.BadInput;

/// <summary>
/// Makes up calls, sends them to a live silo over the wire, many at once, and looks at what comes back and what is left behind.
/// </summary>
internal sealed class BadInputRun(int seed, Action<string> progress)
{
    private const int ChunkCalls = 250;
    private const int AtOnce = 16;
    private const int SlowEvery = 8;
    private const int MostFindings = 50;
    private const int MostFlushTries = 1000;

    private static readonly TimeSpan _poll = TimeSpan.FromMilliseconds(5);

    // What is slow on a busy machine is no finding.
    private static readonly TimeSpan _responseTimeout = TimeSpan.FromMinutes(1);

    private readonly Random _random = new(seed);
    private readonly SortedDictionary<string, int> _refused = new(StringComparer.Ordinal);
    private readonly List<string> _unexpected = [];
    private readonly List<string> _changes = [];
    private int _answered;
    private int _turnedAway;
    private int _compared;

    public async Task<BadInputReport> RunAsync(int calls, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("qlearning-bad-input-");
        using var log = new ErrorLog();
        try
        {
            var settings = new SiloSettings { DataFolder = folder.FullName, Fsync = false };
            await using var silo = await QLearningSilo.StartAsync(
                settings, logging => logging.AddProvider(log), cancellationToken: cancellationToken);
            await using var database = NpgsqlDataSource.Create(silo.ConnectionString);
            using var client = await ConnectAsync(silo.ConnectionString, cancellationToken);
            var grains = client.Services.GetRequiredService<IClusterClient>();
            for (var done = 0; done < calls; done += ChunkCalls)
            {
                var chunk = Enumerable.Range(0, Math.Min(ChunkCalls, calls - done)).Select(_ => OddCall.Create(_random)).ToArray();
                await (done / ChunkCalls % SlowEvery == 0
                    ? RunOneByOneAsync(chunk, grains, database, cancellationToken)
                    : RunAtOnceAsync(chunk, grains, database, cancellationToken));
                if (done / ChunkCalls % 40 == 39)
                {
                    progress($"{done + ChunkCalls} of {calls} calls.");
                }
            }

            await StillAnswersAsync(grains);
            await client.StopAsync(cancellationToken);
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        return new BadInputReport(
            seed,
            calls,
            _answered,
            _turnedAway,
            _refused,
            _compared,
            [.. _unexpected.Take(MostFindings)],
            [.. log.Lines.Take(MostFindings)],
            _changes);
    }

    private static async Task<IHost> ConnectAsync(string connectionString, CancellationToken cancellationToken)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddQLearningClient(
            options => (options.ConnectionString, options.ResponseTimeout) = (connectionString, _responseTimeout));
        var host = builder.Build();
        await host.StartAsync(cancellationToken);
        return host;
    }

    /// <summary>Looks at the database after each call.</summary>
    private async Task RunOneByOneAsync(OddCall[] calls, IGrainFactory grains, NpgsqlDataSource database,
        CancellationToken cancellationToken)
    {
        await FlushAsync(grains);
        var before = await DatabaseChecksum.ReadAsync(database, cancellationToken);
        foreach (var call in calls)
        {
            var error = await call.SendAsync(grains);
            Count(call, error);
            await FlushAsync(grains);
            var after = await DatabaseChecksum.ReadAsync(database, cancellationToken);
            if (IsForGood(error))
            {
                _compared++;
                NoteChange(before, after, $"{call}\n{error!.Message}");
            }

            before = after;
        }
    }

    private async Task RunAtOnceAsync(OddCall[] calls, IGrainFactory grains, NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        var errors = new Exception?[calls.Length];
        await Parallel.ForAsync(
            0, calls.Length, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
            async (i, _) => errors[i] = await calls[i].SendAsync(grains));
        for (var i = 0; i < calls.Length; i++)
        {
            Count(calls[i], errors[i]);
        }

        await FlushAsync(grains);
        await CompareAsync([.. calls.Where((_, i) => IsForGood(errors[i]))], grains, database, cancellationToken);
    }

    // A made-up change of an agent type may split its table otherwise: then grains say to call again, and the next try may be taken.
    private static bool IsForGood(Exception? error) => error is QLearningException and not FencedException;

    private void Count(OddCall call, Exception? error)
    {
        _turnedAway += call.TurnedAway;
        switch (error)
        {
            case null:
                _answered++;
                break;
            case QLearningException:
                _refused[error.GetType().Name] = _refused.GetValueOrDefault(error.GetType().Name) + 1;
                break;
            default:
                _unexpected.Add($"{call}: {error}");
                break;
        }
    }

    /// <summary>Makes refused calls again between two looks at the database. One that is taken now makes the comparison void.</summary>
    private async Task CompareAsync(OddCall[] refused, IGrainFactory grains, NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        var before = await DatabaseChecksum.ReadAsync(database, cancellationToken);
        var taken = 0;
        await Parallel.ForEachAsync(
            refused, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
            async (call, _) =>
            {
                if (await call.SendAsync(grains) is not QLearningException)
                {
                    Interlocked.Increment(ref taken);
                }
            });
        if (taken > 0)
        {
            return;
        }

        await FlushAsync(grains);
        var after = await DatabaseChecksum.ReadAsync(database, cancellationToken);
        _compared += refused.Length;
        NoteChange(before, after, $"one of {refused.Length} calls");
    }

    private void NoteChange(string before, string after, string who)
    {
        if (before != after && _changes.Count < MostFindings)
        {
            _changes.Add($"Refused, and the database changed: {who}\nBefore:\n{before}After:\n{after}");
        }
    }

    private static async Task FlushAsync(IGrainFactory grains)
    {
        for (var tries = 1; !await TryFlushAsync(grains, isLast: tries == MostFlushTries); tries++)
        {
            await Task.Delay(_poll, TimeProvider.System);
        }
    }

    // What was learned in memory must be in the database before it is looked at, and a clean-up that a call has begun must be over. A grain
    // that ends, as one does whose table a call has split otherwise, says to call again.
    private static async Task<bool> TryFlushAsync(IGrainFactory grains, bool isLast)
    {
        try
        {
            var maintenance = grains.GetGrain<IMaintenanceGrain>(IMaintenanceGrain.Key);
            while ((await maintenance.GetStatus()).Running.Count > 0)
            {
                await Task.Delay(_poll, TimeProvider.System);
            }

            foreach (var type in await grains.GetGrain<IRegistryGrain>(IRegistryGrain.Key).GetAgentTypes())
            {
                await grains.GetGrain<IAgentTypeGrain>(type.AgentType).Flush();
            }

            return true;
        }
        catch (Exception error) when (!isLast && (error is FencedException || ClusterCalls.IsTurnedAway(error)))
        {
            return false;
        }
    }

    private static async Task StillAnswersAsync(IGrainFactory grains)
    {
        var type = grains.GetGrain<IAgentTypeGrain>("security-scanner");
        await type.GetBestAction(StateKey.Parse("s"));
        await type.GetStatistics();
    }
}
