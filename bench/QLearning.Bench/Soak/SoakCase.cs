using System.CommandLine;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using QLearning.Bench.Report;
using QLearning.Client;
using QLearning.Silo;
using QLearning.Storage.WriteBehind;

namespace QLearning.Bench.Soak;

/// <summary>Whether memory stays flat when agents learn faster than PostgreSQL can store, on a cluster of its own.</summary>
internal sealed class SoakCase : IBenchCase
{
    private const double ShortestMinutes = 0.1;
    private const double LongestMinutes = 10_080;

    private static readonly TimeProvider _time = TimeProvider.System;

    private readonly Option<double> _minutes = new("--minutes")
    {
        Description = "How long it runs, 0.1 to 10080.",
        DefaultValueFactory = _ => 10,
    };
    private readonly Option<int> _sampleSeconds = BoundedOption.Create("--sample-seconds", "The time between two samples", 30, 1, 3600);
    private readonly Option<int> _states = BoundedOption.Create(
        "--states", "States of each agent type, with 5 actions each", 5_000, 1, 1_000_000);
    private readonly Option<int> _backlog = BoundedOption.Create(
        "--max-backlog", "Q-values that may wait in the silo", 200_000, 1, 100_000_000);

    private readonly Option<bool> _roads = new("--roads")
    {
        Description = "All roads of updates on two silos instead, checked exactly after each round.",
    };
    private readonly Option<bool> _faults = new("--faults")
    {
        Description = "As --roads, with a fault of 'bench chaos' in every other round.",
    };

    public SoakCase() => _minutes.Validators.Add(result =>
    {
        if (result.Tokens is [var token]
            && !(double.TryParse(token.Value, CultureInfo.InvariantCulture, out var given)
                && given is >= ShortestMinutes and <= LongestMinutes))
        {
            result.AddError($"The value '{token.Value}' of --minutes is not allowed. Allowed: 0.1 to 10080.");
        }
    });

    public string Name => "soak";

    public string Description =>
        "Whether memory stays flat while 18 callers learn faster than a throttled PostgreSQL can store, or on all roads; "
        + "exit code 1 if not.";

    public IReadOnlyList<Option> Options => [_minutes, _sampleSeconds, _states, _backlog, _roads, _faults];

    public async Task<BenchReport> RunAsync(ParseResult given, Action<string> progress, CancellationToken cancellationToken)
    {
        if (given.GetValue(_roads) || given.GetValue(_faults))
        {
            var (length, round) = (TimeSpan.FromMinutes(given.GetValue(_minutes)), TimeSpan.FromSeconds(given.GetValue(_sampleSeconds)));
            return await new RoadSoak(length, round, given.GetValue(_faults), progress).RunAsync(cancellationToken);
        }

        var folder = Directory.CreateTempSubdirectory("qlearning-bench-");
        try
        {
            progress("Starting a cluster of its own: PostgreSQL and one silo.");
            await using var silo = await QLearningSilo.StartAsync(
                new SiloSettings { DataFolder = folder.FullName },
                configure: silo =>
                    silo.Services.Configure<WriteBehindOptions>(options => options.MaxSiloBacklog = given.GetValue(_backlog)),
                cancellationToken: cancellationToken);
            await using var client = await QLearningClient.ConnectAsync(
                silo.ConnectionString,
                // What a client keeps to send it again would hold it back before the silo's backlog is full.
                options => options.ResendNotDurable = false,
                cancellationToken: cancellationToken);
            await using var database = NpgsqlDataSource.Create(silo.ConnectionString);
            var types = (await client.GetAgentTypesAsync(cancellationToken)).Select(type => type.AgentType).ToList();
            var load = new SoakLoad(client, _time, given.GetValue(_states));
            var samples = await SoakAsync(given, silo.Services.GetRequiredService<SiloBacklog>(), database, load, types,
                progress, cancellationToken);
            return new BenchReport(
                $"{types.Count} callers learn write-behind while PostgreSQL is throttled",
                await Machine.AskAsync(database, cancellationToken),
                [],
                Facts(samples),
                MemoryVerdict.Of(samples));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private async Task<List<SoakSample>> SoakAsync(
        ParseResult given,
        SiloBacklog backlog,
        NpgsqlDataSource database,
        SoakLoad load,
        List<string> types,
        Action<string> progress,
        CancellationToken cancellationToken)
    {
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task[] work = [load.RunAsync(types, stopping.Token), new FlushThrottle(database, _time).RunAsync(stopping.Token)];
        try
        {
            var sampling = SampleAsync(
                load, backlog, TimeSpan.FromMinutes(given.GetValue(_minutes)), TimeSpan.FromSeconds(given.GetValue(_sampleSeconds)),
                progress, stopping.Token);
            // A caller that fails ends the soak at once.
            await await Task.WhenAny([sampling, .. work]);
            return await sampling;
        }
        finally
        {
            await stopping.CancelAsync();
            await Task.WhenAll(work);
        }
    }

    private static async Task<List<SoakSample>> SampleAsync(
        SoakLoad load, SiloBacklog backlog, TimeSpan length, TimeSpan pause, Action<string> progress, CancellationToken cancellationToken)
    {
        var samples = new List<SoakSample>();
        var began = _time.GetTimestamp();
        var (at, acknowledged, refused) = (TimeSpan.Zero, load.Acknowledged, load.Refused);
        while (_time.GetElapsedTime(began) < length)
        {
            await Task.Delay(pause, _time, cancellationToken);
            var now = _time.GetElapsedTime(began);
            var (newAcknowledged, newRefused) = (load.Acknowledged, load.Refused);
            var seconds = (now - at).TotalSeconds;
            samples.Add(
                SoakSample.Take(now, backlog.QValues, (newAcknowledged - acknowledged) / seconds, (newRefused - refused) / seconds));
            progress(samples[^1].ToString());
            (at, acknowledged, refused) = (now, newAcknowledged, newRefused);
        }

        return samples;
    }

    private static Dictionary<string, double> Facts(List<SoakSample> samples)
    {
        var facts = new Dictionary<string, double>
        {
            ["samples"] = samples.Count,
            ["largest backlog"] = samples.Max(sample => sample.Backlog),
            ["updates acknowledged a second"] = samples.Average(sample => sample.AcknowledgedPerSecond),
            ["calls refused a second"] = samples.Average(sample => sample.RefusedPerSecond),
        };
        foreach (var (third, name) in new[] { (1, "middle"), (2, "last") })
        {
            var own = MemoryVerdict.Third(samples, third);
            if (own.Count > 0)
            {
                facts[$"managed heap in the {name} third, MiB"] = own.Average(sample => sample.HeapMiB);
                facts[$"working set in the {name} third, MiB"] = own.Average(sample => sample.WorkingSetMiB);
            }
        }

        return facts;
    }
}
