namespace QLearning.Bench.Comparisons;

/// <summary>One line of the table that <c>qlearn bench</c> prints.</summary>
internal interface IComparison
{
    /// <summary>The name of the case.</summary>
    string Name { get; }

    /// <summary>What is compared, in one line.</summary>
    string Description { get; }

    /// <summary>Gets everything ready that takes part.</summary>
    Task<Contest> PrepareAsync(Surroundings surroundings, CancellationToken cancellationToken);
}
