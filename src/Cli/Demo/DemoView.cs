using System.Globalization;
using Spectre.Console;

namespace QLearning.Cli.Demo;

/// <summary>Shows the agents learning: a live table on a terminal, else a line every few seconds.</summary>
internal sealed class DemoView(IReadOnlyList<DemoAgentType> types, IReadOnlyList<DemoProgress> progress, Output output, TimeProvider time)
{
    private const int BarWidth = 30;

    private static readonly TimeSpan _liveInterval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan _lineInterval = TimeSpan.FromSeconds(4);

    public async Task ShowAsync(TimeSpan duration, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        if (!output.IsLive)
        {
            await EveryAsync(_lineInterval, began, duration, seconds => output.WriteProgress(Line(seconds)), cancellationToken);
            return;
        }

        await output.Progress.Live(new Text(string.Empty)).StartAsync(async live =>
            await EveryAsync(_liveInterval, began, duration, seconds => live.UpdateTarget(Table(seconds)), cancellationToken));
    }

    private async Task EveryAsync(TimeSpan interval, long began, TimeSpan duration, Action<double> show,
        CancellationToken cancellationToken)
    {
        while (time.GetElapsedTime(began) is var elapsed && elapsed < duration)
        {
            var left = duration - elapsed;
            await Task.Delay(left < interval ? left : interval, time, cancellationToken);
            show(time.GetElapsedTime(began).TotalSeconds);
        }
    }

    private string Line(double seconds)
    {
        var parts = types.Select((type, i) => string.Create(
            CultureInfo.InvariantCulture, $"{type.Name} {progress[i].Updates:N0} updates, {progress[i].TakeBestShare():P0} best"));
        return string.Create(CultureInfo.InvariantCulture, $"{seconds,4:0} s  {string.Join("; ", parts)}");
    }

    private Table Table(double seconds)
    {
        var table = new Table().AddColumns("agent type", "updates", "per second", "chose the best action");
        for (var i = 0; i < types.Count; i++)
        {
            var share = progress[i].TakeBestShare();
            var bar = new string('#', (int)Math.Round(share * BarWidth)).PadRight(BarWidth, '.');
            table.AddRow(
                types[i].Name,
                progress[i].Updates.ToString("N0", CultureInfo.InvariantCulture),
                (progress[i].Updates / seconds).ToString("N0", CultureInfo.InvariantCulture),
                string.Create(CultureInfo.InvariantCulture, $"{bar} {share:P0}"));
        }

        return table;
    }
}
