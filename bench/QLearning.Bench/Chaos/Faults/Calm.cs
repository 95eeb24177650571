namespace QLearning.Bench.Chaos.Faults;

/// <summary>No fault at all, for a time: what a soak does between faults.</summary>
/// <param name="length">How long.</param>
internal sealed class Calm(TimeSpan length) : IFault
{
    public string Name => "none";

    public string Description => "Nothing happens.";

    public async Task<FaultResult> InjectAsync(Scene scene, CancellationToken cancellationToken)
    {
        var at = scene.Load.Now;
        await Task.Delay(length, scene.Time, cancellationToken);
        return new FaultResult(at, TimeSpan.Zero, TimeSpan.FromSeconds(1));
    }
}
