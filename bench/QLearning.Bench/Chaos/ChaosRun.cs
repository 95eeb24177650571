using System.Globalization;
using QLearning.Bench.Chaos.Faults;

namespace QLearning.Bench.Chaos;

/// <summary>One cluster, one load, one fault after another, and a check after each.</summary>
internal sealed class ChaosRun : IAsyncDisposable
{
    private const int Silos = 2;

    private static readonly TimeSpan _warmUp = TimeSpan.FromSeconds(1.5);
    private static readonly TimeSpan _afterwards = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan _longestEnd = TimeSpan.FromMinutes(1);

    // Flush interval and a second for the commit.
    private static readonly TimeSpan _window = TimeSpan.FromMilliseconds(1100);

    private readonly DurabilityChecker _checker = new();
    private readonly ChaosCluster _cluster;
    private readonly ChaosLoad _load;
    private readonly bool _resendsNotDurable;
    private readonly TimeSpan _outage;
    private readonly (int Calls, int Roads) _enough;

    private ChaosRun(ChaosCluster cluster, ChaosLoad load, bool resendsNotDurable, TimeSpan outage, (int Calls, int Roads) enough) =>
        (_cluster, _load, _resendsNotDurable, _outage, _enough) = (cluster, load, resendsNotDurable, outage, enough);

    /// <summary>The kinds of faults.</summary>
    public static IReadOnlyList<IFault> Faults => ChaosFace.Client.Faults;

    /// <summary>The cluster.</summary>
    public ChaosCluster Cluster => _cluster;

    /// <summary>Starts the cluster and its clients.</summary>
    /// <param name="resendsNotDurable">Whether clients send again what was lost with a silo.</param>
    /// <param name="outage">How long PostgreSQL is away.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <param name="limitsDisk">Whether PostgreSQL's disk can be filled.</param>
    /// <param name="olderProgram">The <c>qlearn.dll</c> that makes the schema and the first silos; null: this program does.</param>
    /// <param name="face">How it is called; null: by .NET clients.</param>
    /// <param name="pauseFactor">How many times longer than each road says callers pause between two calls.</param>
    /// <param name="missedProbes">How many probes a silo may miss before it is declared dead; null: as usual.</param>
    /// <param name="enough">
    /// How much must be acknowledged, and on how many roads, before a round ends, which it does after a minute in any case: a busy machine
    /// does little in the time of a round.
    /// </param>
    public static async Task<ChaosRun> StartAsync(
        bool resendsNotDurable,
        TimeSpan outage,
        CancellationToken cancellationToken,
        bool limitsDisk = false,
        string? olderProgram = null,
        ChaosFace? face = null,
        double pauseFactor = 1,
        int? missedProbes = null,
        (int Calls, int Roads) enough = default)
    {
        var cluster = await ChaosCluster.StartAsync(Silos, cancellationToken, limitsDisk, olderProgram, missedProbes);
        try
        {
            var load = await ChaosLoad.ConnectAsync(
                cluster, face ?? ChaosFace.Client, resendsNotDurable, pauseFactor, TimeProvider.System, cancellationToken);
            return new ChaosRun(cluster, load, resendsNotDurable, outage, enough);
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Does a fault once, under load, and checks what became of it.</summary>
    public async Task<RoundResult> RunAsync(IFault fault, CancellationToken cancellationToken)
    {
        var ended = await _cluster.ReplaceEndedAsync(cancellationToken);
        _load.Start(cancellationToken);
        FaultResult result;
        try
        {
            await Task.Delay(_warmUp, TimeProvider.System, cancellationToken);
            result = await fault.InjectAsync(new Scene(_cluster, _load, TimeProvider.System, _outage), cancellationToken);
            await EndAsync(cancellationToken);
        }
        catch
        {
            // Its agents must not go on beside those of another round.
            await _load.EndAsync();
            throw;
        }

        var calls = await _load.StopAsync(cancellationToken);
        var stored = await StoredReader.ReadAsync(_cluster, _load, cancellationToken);
        var verdict = _checker.Check([.. calls, .. result.OtherCalls], new Promise(_resendsNotDurable, result.At, _window), stored);
        await ForgetAsync(calls, cancellationToken);
        return Sum(fault, result, calls, verdict, ended);
    }

    public async ValueTask DisposeAsync()
    {
        await _load.DisposeAsync();
        await _cluster.DisposeAsync();
    }

    private async Task EndAsync(CancellationToken cancellationToken)
    {
        var began = _load.Now;
        var (calls, roads) = (0, 0);
        do
        {
            await Task.Delay(_afterwards, TimeProvider.System, cancellationToken);
            (calls, roads) = _load.Book.Acknowledged();
        }
        while ((calls < _enough.Calls || roads < _enough.Roads) && _load.Now - began < _longestEnd);
    }

    // What was acknowledged and checked; what has no outcome may be stored in a later round.
    private async Task ForgetAsync(IReadOnlyCollection<Call> calls, CancellationToken cancellationToken)
    {
        string[] keys =
        [
            .. calls.Where(call => call is { Kind: CallKind.Trajectory or CallKind.Reward, Outcome: CallOutcome.Acknowledged })
                .Select(call => call.Key),
        ];
        await StoredReader.DeleteAsync(_cluster, keys, cancellationToken);
        _checker.Forget(keys);
    }

    private static RoundResult Sum(IFault fault, FaultResult result, IReadOnlyCollection<Call> calls, Verdict verdict, int ended)
    {
        var findings = verdict.Findings.Concat(result.Findings).Concat(
            calls.Where(call => call is { MustBeRefused: true, Outcome: CallOutcome.Acknowledged }).Select(call => call.Error!));
        if (!result.ErrorsAllowed)
        {
            findings = findings.Concat(calls.Where(call => call.Error is not null)
                .Select(call => $"A client saw an error ({call.Road}): {call.Error}")
                .Distinct(StringComparer.Ordinal));
        }

        var late = new List<string>();
        if (ended > 0)
        {
            late.Add(
                string.Create(CultureInfo.InvariantCulture, $"{ended} silos had been declared dead before the fault, and were replaced."));
        }

        if (result.Recovery > result.RecoveryLimit)
        {
            late.Add(Late("New calls were served", result.Recovery, result.RecoveryLimit));
        }

        var inFlight = result.InFlightLimit is null
            ? []
            : calls.Where(call => call.Sent <= result.At && call.Ended > result.At).Select(call => call.Ended - result.At).ToList();
        TimeSpan? slowest = inFlight.Count == 0 ? null : inFlight.Max();
        if (slowest > result.InFlightLimit)
        {
            late.Add(Late("Calls under way were answered", slowest.Value, result.InFlightLimit.Value));
        }

        return new RoundResult(fault.Name, verdict with { Findings = [.. findings] }, result.Recovery, slowest, late);
    }

    private static string Late(string what, TimeSpan took, TimeSpan limit) =>
        string.Create(CultureInfo.InvariantCulture, $"{what} after {took.TotalSeconds:0.0} s, not within {limit.TotalSeconds:0.#} s.");
}
