namespace QLearning.Bench.Chaos;

/// <summary>
/// Compares what clients were told with what is stored: nothing that was promised may be missing, nothing may count more often than it can
/// have taken effect. Rounds build on each other, since visit counts only grow.
/// </summary>
internal sealed class DurabilityChecker
{
    private const int MostFindings = 20;

    private readonly Dictionary<string, Bounds> _visits = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Bounds> _trajectories = new(StringComparer.Ordinal);

    /// <summary>Checks one round.</summary>
    /// <param name="calls">The calls of the round, all ended.</param>
    /// <param name="promise">What was promised.</param>
    /// <param name="stored">What is there.</param>
    public Verdict Check(IReadOnlyCollection<Call> calls, Promise promise, Stored stored)
    {
        foreach (var call in calls)
        {
            Expect(call, promise);
        }

        var round = new Round();
        Compare(_visits, stored.Visits, round);
        var kept = stored.Trajectories.GroupBy(id => id, StringComparer.Ordinal).ToDictionary(id => id.Key, id => id.LongCount(), StringComparer.Ordinal);
        Compare(_trajectories, kept, round);
        CompareHot(stored, round);
        var acknowledged = calls.Where(call => call.Outcome == CallOutcome.Acknowledged).Sum(call => (long)call.Count);
        return new Verdict(acknowledged, round.Lost, round.Doubled, [.. round.Findings.Take(MostFindings)]);
    }

    private void Expect(Call call, Promise promise)
    {
        var isSure = call.Outcome == CallOutcome.Acknowledged && promise.Covers(call);
        var most = call.Outcome == CallOutcome.Refused ? 0 : call.Count;
        var all = call.Kind == CallKind.Trajectory ? _trajectories : _visits;
        var bounds = all.GetValueOrDefault(call.Key);
        all[call.Key] = new Bounds(bounds.Least + (isSure ? call.Count : 0), bounds.Most + most);
    }

    // What is there becomes the ground of the next round, so that one loss is not found again in every later one.
    private static void Compare(Dictionary<string, Bounds> expected, IReadOnlyDictionary<string, long> stored, Round round)
    {
        foreach (var key in expected.Keys.Union(stored.Keys, StringComparer.Ordinal).ToList())
        {
            var (bounds, there) = (expected.GetValueOrDefault(key), stored.GetValueOrDefault(key));
            if (there < bounds.Least)
            {
                round.Lost += bounds.Least - there;
                round.Findings.Add($"{key}: {there} of at least {bounds.Least} are stored.");
            }

            if (there > bounds.Most)
            {
                round.Doubled += there - bounds.Most;
                round.Findings.Add($"{key}: {there} are stored, at most {bounds.Most} were sent.");
            }

            expected[key] = new Bounds(there, there);
        }
    }

    private static void CompareHot(Stored stored, Round round)
    {
        foreach (var (agentType, hot) in stored.HotVisits)
        {
            var there = stored.Visits.Where(row => KeyText.IsOf(row.Key, agentType)).Sum(row => row.Value);
            if (there != hot)
            {
                round.Findings.Add($"{agentType}: the grain counts {hot} visits, PostgreSQL {there}.");
                round.Lost += Math.Max(0, hot - there);
                round.Doubled += Math.Max(0, there - hot);
            }
        }
    }

    private readonly record struct Bounds(long Least, long Most);

    private sealed class Round
    {
        public long Lost { get; set; }

        public long Doubled { get; set; }

        public List<string> Findings { get; } = [];
    }
}
