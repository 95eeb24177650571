using System.Diagnostics;
using QLearning.Bench.Load;

namespace QLearning.Bench.Comparisons;

/// <summary>Callers at once, each of which makes one call after another.</summary>
/// <param name="Count">How many.</param>
/// <param name="Duration">How long a turn lasts.</param>
internal sealed record Callers(int Count, TimeSpan Duration)
{
    /// <summary>A contender whose turn is to call as often as it can.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="call">Makes a call, for a caller by number with random numbers of its own.</param>
    /// <param name="items">How much of what is counted a call has.</param>
    public Contender Contender(string name, Func<int, Random, Task> call, int items = 1) =>
        new(name, (round, _) => MeasureAsync(round, call, items));

    private async Task<Sample> MeasureAsync(int seed, Func<int, Random, Task> call, int items)
    {
        var began = Stopwatch.GetTimestamp();
        var all = await Task.WhenAll(Enumerable.Range(0, Count).Select(caller => Task.Run(async () =>
        {
            var random = new Random((seed * 1000) + caller);
            var times = new List<TimeSpan>();
            // Each calls at least once, however late it comes to its turn.
            do
            {
                var sent = Stopwatch.GetTimestamp();
                await call(caller, random);
                times.Add(Stopwatch.GetElapsedTime(sent));
            }
            while (Stopwatch.GetElapsedTime(began) < Duration);

            return times;
        })));
        var took = Stopwatch.GetElapsedTime(began);
        var joined = all.SelectMany(times => times).Order().ToList();
        return new Sample(joined.Count * items / took.TotalSeconds, Quantile.Milliseconds(joined, 0.5),
            Quantile.Milliseconds(joined, 0.99));
    }
}
