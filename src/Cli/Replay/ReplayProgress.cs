using System.Globalization;
using Spectre.Console;

namespace QLearning.Cli.Replay;

/// <summary>Shows how far a replay is: a bar on a terminal, else a line now and then.</summary>
internal sealed class ReplayProgress(Output output)
{
    private const int Lines = 5;

    /// <summary>Runs work that tells how many of its steps are done.</summary>
    public async Task<T> ShowAsync<T>(string what, int steps, Func<Action<int>, Task<T>> work)
    {
        if (output.IsLive)
        {
            return await output.Progress.Progress().StartAsync(async progress =>
            {
                var task = progress.AddTask(Markup.Escape(what), maxValue: steps);
                return await work(done => task.Value = done);
            });
        }

        var every = Math.Max(1, steps / Lines);
        return await work(done =>
        {
            if (done % every == 0)
            {
                output.WriteProgress(string.Create(CultureInfo.InvariantCulture, $"{what}: {done:N0} of {steps:N0}"));
            }
        });
    }
}
