namespace QLearning.Http.Problems;

/// <summary>A request is refused for a reason that only HTTP has.</summary>
/// <param name="problem">Why.</param>
internal sealed class RequestException(Problem problem) : Exception(problem.Detail)
{
    public RequestException(ProblemType type, string detail)
        : this(new Problem(type, detail))
    {
    }

    public Problem Problem { get; } = problem;
}
