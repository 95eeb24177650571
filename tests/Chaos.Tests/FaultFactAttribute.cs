using QLearning.Bench.Chaos;

namespace QLearning.Chaos.Tests;

/// <summary>A test of a fault that not every machine can do: where it cannot be done the test is reported as skipped, with the reason.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class FaultFactAttribute : FactAttribute
{
    /// <summary>Asks whether the fault can be done here.</summary>
    /// <param name="fault">Its name.</param>
    public FaultFactAttribute(string fault)
    {
        Fault = fault;
        var obstacle = Task.Run(() => ChaosRun.Faults.Single(one => one.Name == fault).FindObstacleAsync(CancellationToken.None)).GetAwaiter().GetResult();
        Skip = obstacle is null ? null : $"{fault} cannot be done here: {obstacle}";
    }

    /// <summary>The name of the fault.</summary>
    public string Fault { get; }
}
