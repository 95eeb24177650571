namespace QLearning.Silo.Tests.Fixtures;

/// <summary>
/// Tests that run when no other does. OpenTelemetry collects a process' meters by their names: of several silos in one process the first
/// that ends takes the metrics of all along.
/// </summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public static class Alone;
