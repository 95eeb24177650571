using System.Globalization;
using Spectre.Console;

namespace QLearning.Cli.Demo;

/// <summary>
/// Shows the agents learning: a live table on a terminal, else a line every few seconds; and keeps how often they chose the best action.
/// </summary>
internal sealed class DemoView(IReadOnlyList<DemoAgentType> types, IReadOnlyList<DemoProgress> progress, Output output, TimeProvider time)
{
    private const int BarWidth = 20;
    private const int LinesApart = 8;
    private static readonly TimeSpan _interval = TimeSpan.FromMilliseconds(500);

    private readonly List<DemoPoint> _curve = [];
    private (long Updates, long Best) _seen;
    private (long Updates, long Best)[] _shown = [.. types.Select(_ => (0L, 0L))];

    /// <summary>How often the agents of all types chose the best action, as time went on.</summary>
    public IReadOnlyList<DemoPoint> Curve => _curve;

    public async Task ShowAsync(TimeSpan duration, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        if (output.IsLive)
        {
            await output.Progress.Live(new Text(string.Empty)).StartAsync(async live =>
                await EachIntervalAsync(began, duration, seconds => live.UpdateTarget(Table(seconds)), cancellationToken));
            return;
        }

        await EachIntervalAsync(
            began, duration, seconds => Array.ForEach(_curve.Count % LinesApart == 0 ? Lines(seconds) : [], output.WriteProgress),
            cancellationToken);
    }

    private async Task EachIntervalAsync(long began, TimeSpan duration, Action<double> show, CancellationToken cancellationToken)
    {
        for (var isLast = false; !isLast;)
        {
            // The last one takes what is left, whatever its timer leaves of that: a rest of less than a millisecond cannot be waited for.
            var left = duration - time.GetElapsedTime(began);
            isLast = left < _interval * 1.5;
            await Task.Delay(isLast ? TimeSpan.FromTicks(Math.Max(0, left.Ticks)) : _interval, time, cancellationToken);
            var seconds = time.GetElapsedTime(began).TotalSeconds;
            var now = (Updates: progress.Sum(type => type.Updates), Best: progress.Sum(type => type.Best));
            _curve.Add(new DemoPoint(seconds, Share(_seen, now)));
            _seen = now;
            show(seconds);
        }
    }

    // The two are read one after the other: the best ones may be ahead by what was added in between.
    private static double Share((long Updates, long Best) before, (long Updates, long Best) now) =>
        now.Updates == before.Updates ? 0 : Math.Clamp((double)(now.Best - before.Best) / (now.Updates - before.Updates), 0, 1);

    /// <summary>The share of best actions since the last call, of each type.</summary>
    private double[] TakeShares()
    {
        (long Updates, long Best)[] now = [.. progress.Select(type => (type.Updates, type.Best))];
        double[] shares = [.. now.Select((counts, i) => Share(_shown[i], counts))];
        _shown = now;
        return shares;
    }

    private string[] Lines(double seconds)
    {
        var shares = TakeShares();
        var updates = progress.Sum(type => type.Updates);
        return
        [
            string.Create(CultureInfo.InvariantCulture, $"{seconds,4:0} s  {updates,7:N0} updates; the best action was chosen by"),
            "        " + string.Join(", ", types.Select((type, i) => $"{type.Name} {Chart.Percent(shares[i]).Trim()}")),
        ];
    }

    private Table Table(double seconds)
    {
        var table = Tables.Create("agent type", ">updates", ">per second", "chose the best action");
        var shares = TakeShares();
        for (var i = 0; i < types.Count; i++)
        {
            var bar = new string('#', (int)Math.Round(shares[i] * BarWidth)).PadRight(BarWidth, '.');
            table.AddRow(
                types[i].Name,
                Counted.Short(progress[i].Updates),
                (progress[i].Updates / seconds).ToString("N0", CultureInfo.InvariantCulture),
                $"{bar} {Chart.Percent(shares[i])}");
        }

        return table;
    }
}
