namespace QLearning.Cli.Demo;

/// <summary>What the agents of one type have done until now; they all add to it.</summary>
internal sealed class DemoProgress
{
    private long _updates;
    private long _episodes;
    private long _best;

    public long Updates => Interlocked.Read(ref _updates);

    /// <summary>How many of the updates came from the best action.</summary>
    public long Best => Interlocked.Read(ref _best);

    public long Episodes => Interlocked.Read(ref _episodes);

    public void AddEpisode() => Interlocked.Increment(ref _episodes);

    public void Add(bool choseBest)
    {
        Interlocked.Increment(ref _updates);
        if (choseBest)
        {
            Interlocked.Increment(ref _best);
        }
    }
}
