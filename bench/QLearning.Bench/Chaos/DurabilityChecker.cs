namespace QLearning.Bench.Chaos;

/// <summary>
/// Compares what clients were told with what is stored: nothing that was promised may be missing, nothing may count more often than it can
/// have taken effect. Rounds build on each other, since visit counts only grow; what has no outcome may take effect in a later round.
/// </summary>
internal sealed class DurabilityChecker
{
    private const int MostFindings = 20;
    private const string Memory = "memory beside PostgreSQL";
    private const string Unsent = "never sent";

    private readonly Dictionary<string, Bounds> _visits = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Bounds> _trajectories = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Bounds> _rewards = new(StringComparer.Ordinal);

    /// <summary>Checks one round.</summary>
    /// <param name="calls">The calls of the round, all ended.</param>
    /// <param name="promise">What was promised.</param>
    /// <param name="stored">What is there.</param>
    public Verdict Check(IReadOnlyCollection<Call> calls, Promise promise, Stored stored)
    {
        var round = new Round();
        foreach (var call in calls)
        {
            Expect(call, promise);
            round.Count(call);
        }

        Compare(_visits, stored.Visits, round);
        Compare(_trajectories, Times(stored.Trajectories), round);
        Compare(_rewards, Times(stored.Rewards), round);
        CompareHot(stored, round);
        return new Verdict(RoadVerdict.Sum(round.Roads), [.. round.Findings.Take(MostFindings)]);
    }

    /// <summary>Forgets trajectories and late rewards that were checked and deleted.</summary>
    /// <param name="keys">Their keys.</param>
    public void Forget(IEnumerable<string> keys)
    {
        foreach (var key in keys)
        {
            _trajectories.Remove(key);
            _rewards.Remove(key);
        }
    }

    private static Dictionary<string, long> Times(IReadOnlyList<string> keys) =>
        keys.GroupBy(key => key, StringComparer.Ordinal).ToDictionary(key => key.Key, key => key.LongCount(), StringComparer.Ordinal);

    private void Expect(Call call, Promise promise)
    {
        var isSure = call.Outcome == CallOutcome.Acknowledged && promise.Covers(call);
        // One that is wrong must not be stored, also when a try of it was not answered.
        var most = call.Outcome == CallOutcome.Refused || call.MustBeRefused ? 0 : call.Count;
        var all = call.Kind switch
        {
            CallKind.Trajectory => _trajectories,
            CallKind.Reward => _rewards,
            _ => _visits,
        };
        var bounds = all.GetValueOrDefault(call.Key);
        all[call.Key] = call.Kind == CallKind.Shared
            ? new Bounds(isSure ? 1 : bounds.Least, long.MaxValue, call.Road)
            : new Bounds(bounds.Least + (isSure ? call.Count : 0), bounds.Most + most, call.Road);
    }

    // What is there becomes the ground of the next round, so that one loss is not found again in every later one.
    private static void Compare(Dictionary<string, Bounds> expected, IReadOnlyDictionary<string, long> stored, Round round)
    {
        foreach (var key in expected.Keys.Union(stored.Keys, StringComparer.Ordinal).ToList())
        {
            var (bounds, there) = (expected.GetValueOrDefault(key), stored.GetValueOrDefault(key));
            var road = bounds.Road ?? Unsent;
            if (there < bounds.Least)
            {
                round.Add(road, lost: bounds.Least - there, doubled: 0, $"{road}: {key}: {there} of at least {bounds.Least} are stored.");
            }

            if (there > bounds.Most)
            {
                round.Add(
                    road, lost: 0, doubled: there - bounds.Most, $"{road}: {key}: {there} are stored, at most {bounds.Most} were sent.");
            }

            expected[key] = bounds.Most == long.MaxValue
                ? bounds with { Least = Math.Min(1, there) }
                : bounds with { Least = there, Most = Math.Max(there, bounds.Most) };
        }
    }

    private static void CompareHot(Stored stored, Round round)
    {
        foreach (var (agentType, hot) in stored.HotVisits)
        {
            var there = stored.Visits.Where(row => KeyText.IsOf(row.Key, agentType)).Sum(row => row.Value);
            if (there != hot)
            {
                round.Add(
                    Memory,
                    Math.Max(0, hot - there),
                    Math.Max(0, there - hot),
                    $"{agentType}: the grain counts {hot} visits, PostgreSQL {there}.");
            }
        }
    }

    private readonly record struct Bounds(long Least, long Most, string? Road);

    private sealed class Round
    {
        public List<RoadVerdict> Roads { get; } = [];

        public List<string> Findings { get; } = [];

        public void Count(Call call) => Roads.Add(call.Outcome switch
        {
            CallOutcome.Acknowledged => new RoadVerdict(call.Road, call.Count, 0, 0, 0, 0),
            CallOutcome.Refused => new RoadVerdict(call.Road, 0, call.Count, 0, 0, 0),
            _ => new RoadVerdict(call.Road, 0, 0, call.Count, 0, 0),
        });

        public void Add(string road, long lost, long doubled, string finding)
        {
            Roads.Add(new RoadVerdict(road, 0, 0, 0, lost, doubled));
            Findings.Add(finding);
        }
    }
}
