using QLearning.Testing;

namespace QLearning.Bench.Chaos.Faults;

/// <summary>A silo stands still for longer than the others believe it alive, and then goes on as if nothing had happened.</summary>
internal sealed class Hang : IFault
{
    private static readonly TimeSpan _hang = TimeSpan.FromSeconds(12);

    public string Name => "hang";

    public string Description =>
        "SIGSTOP of the silo that holds a hot agent type for 12 s, then SIGCONT: two silos believe that they own it.";

    public async Task<FaultResult> InjectAsync(Scene scene, CancellationToken cancellationToken)
    {
        var owner = await scene.FindOwnerAsync(cancellationToken);
        var at = scene.Load.Now;
        await owner.SignalAsync("STOP");
        var recovery = await scene.RecoverAsync(cancellationToken);
        if (_hang - (scene.Load.Now - at) is { Ticks: > 0 } left)
        {
            await Task.Delay(left, scene.Time, cancellationToken);
        }

        if (!owner.IsStopped)
        {
            // The kernel does so when the shell that began all this goes away.
            throw new InvalidOperationException("Something else let the silo go on: start the chaos in a session of its own, with setsid.");
        }

        await owner.SignalAsync("CONT");
        var findings = await EndsAsync(owner, cancellationToken)
            ? (string[])[]
            : [$"A silo that was declared dead did not end by itself. It said:\n{owner.Said}"];
        await scene.Cluster.RemoveAsync(owner);
        await scene.Cluster.AddSiloAsync(cancellationToken);
        return new FaultResult(at, recovery, TimeSpan.FromSeconds(10)) { Findings = findings };
    }

    private static async Task<bool> EndsAsync(SiloProcess silo, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Scene.GiveUp);
        try
        {
            await silo.WaitForExitAsync(deadline.Token);
            return true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }
}
