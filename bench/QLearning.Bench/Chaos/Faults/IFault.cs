namespace QLearning.Bench.Chaos.Faults;

/// <summary>One kind of fault.</summary>
internal interface IFault
{
    /// <summary>Its name on the command line and in reports.</summary>
    string Name { get; }

    /// <summary>What is done, in one line.</summary>
    string Description { get; }

    /// <summary>Why it cannot be done on this machine; null: it can.</summary>
    /// <param name="cancellationToken">Ends the look.</param>
    Task<string?> FindObstacleAsync(CancellationToken cancellationToken) => Task.FromResult<string?>(null);

    /// <summary>Does it to a cluster under load, and returns when the cluster is whole again.</summary>
    /// <param name="scene">The cluster and its load.</param>
    /// <param name="cancellationToken">Ends it.</param>
    Task<FaultResult> InjectAsync(Scene scene, CancellationToken cancellationToken);
}
