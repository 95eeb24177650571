namespace QLearning.Cli.Demo;

/// <summary>What the agents of one type have done until now; they all add to it.</summary>
internal sealed class DemoProgress
{
    private long _updates;
    private long _episodes;
    private long _recentChoices;
    private long _recentBest;

    public long Updates => Interlocked.Read(ref _updates);

    public long Episodes => Interlocked.Read(ref _episodes);

    public void AddEpisode() => Interlocked.Increment(ref _episodes);

    public void Add(bool choseBest)
    {
        Interlocked.Increment(ref _updates);
        Interlocked.Increment(ref _recentChoices);
        if (choseBest)
        {
            Interlocked.Increment(ref _recentBest);
        }
    }

    /// <summary>The share of best actions among the choices since the last call, 0 to 1.</summary>
    public double TakeBestShare()
    {
        var best = Interlocked.Exchange(ref _recentBest, 0);
        var choices = Interlocked.Exchange(ref _recentChoices, 0);
        return choices == 0 ? 0 : (double)best / choices;
    }
}
