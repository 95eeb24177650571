namespace QLearning.Bench.Comparisons.Grains;

/// <summary>Tells how much managed memory a silo uses.</summary>
[Alias("QLearning.Bench.ISiloHeap")]
public interface ISiloHeap : IGrainWithIntegerKey
{
    /// <summary>The bytes that are in use after a collection.</summary>
    [Alias("GetBytes")]
    ValueTask<long> GetBytes();
}
