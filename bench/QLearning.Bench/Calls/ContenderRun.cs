using System.Diagnostics;

namespace QLearning.Bench.Calls;

/// <summary>What a contender did in one round.</summary>
/// <param name="ItemsPerSecond">How many items a second, of all callers together.</param>
/// <param name="Times">How long each call took.</param>
internal sealed record ContenderRun(double ItemsPerSecond, List<TimeSpan> Times)
{
    /// <summary>Lets callers call, one call after another each, for a time.</summary>
    public static async Task<ContenderRun> MeasureAsync(Contender contender, int callers, TimeSpan duration, int seed)
    {
        var began = Stopwatch.GetTimestamp();
        var all = await Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(async () =>
        {
            var random = new Random((seed * 1000) + caller);
            var times = new List<TimeSpan>();
            while (Stopwatch.GetElapsedTime(began) < duration)
            {
                var sent = Stopwatch.GetTimestamp();
                await contender.Call(random);
                times.Add(Stopwatch.GetElapsedTime(sent));
            }

            return times;
        })));
        var took = Stopwatch.GetElapsedTime(began);
        var joined = all.SelectMany(times => times).ToList();
        return new ContenderRun(joined.Count * contender.Items / took.TotalSeconds, joined);
    }
}
