namespace QLearning.Bench.Chaos.Faults;

/// <summary>Flushes are committed, but the silos never hear of it.</summary>
internal sealed class LostCommitAnswer : IFault
{
    private const int Times = 10;
    private static readonly TimeSpan _poll = TimeSpan.FromMilliseconds(20);

    public string Name => "lost-commit-answer";

    public string Description => "The connections of ten flushes are cut when the answer to their commit comes back.";

    public async Task<FaultResult> InjectAsync(Scene scene, CancellationToken cancellationToken)
    {
        var (at, before) = (scene.Load.Now, scene.Cluster.Proxy.Cuts);
        scene.Cluster.Proxy.CutAnswers(Times);
        while (scene.Cluster.Proxy.Cuts < before + Times && scene.Load.Now - at < Scene.GiveUp)
        {
            await Task.Delay(_poll, scene.Time, cancellationToken);
        }

        var cuts = scene.Cluster.Proxy.Cuts - before;
        return new FaultResult(at, await scene.FlushAsync(cancellationToken), TimeSpan.FromSeconds(10))
        {
            Findings = cuts == Times ? [] : [$"Only {cuts} of {Times} answers could be cut."],
        };
    }
}
