namespace QLearning.Bench.Chaos.Faults;

/// <summary>A client dies at once and is started again.</summary>
internal sealed class ClientRestart : IFault
{
    private static readonly TimeSpan _work = TimeSpan.FromSeconds(1);

    public string Name => "client-restart";

    public string Description => "kill -9 of a client program in the middle of its calls, and a new start.";

    public async Task<FaultResult> InjectAsync(Scene scene, CancellationToken cancellationToken)
    {
        var calls = new List<Call>();
        var (at, recovery) = (TimeSpan.Zero, TimeSpan.Zero);
        for (var life = 0; life < 2; life++)
        {
            var began = scene.Load.Now;
            await using var client = new ClientProcess(scene.Cluster.ConnectionString, scene.Load);
            await client.WaitForAnswersAsync(Scene.GiveUp, cancellationToken);
            recovery = scene.Load.Now - began;
            await Task.Delay(_work, scene.Time, cancellationToken);
            at = life == 0 ? scene.Load.Now : at;
            await client.KillAsync();
            calls.AddRange(client.Calls);
        }

        return new FaultResult(at, recovery, TimeSpan.FromSeconds(15)) { OtherCalls = calls };
    }
}
