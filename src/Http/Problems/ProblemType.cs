namespace QLearning.Http.Problems;

/// <summary>A kind of problem: what its document has in <c>type</c> and <c>title</c>, and the status it is told with.</summary>
/// <param name="Name">The end of its URN. It never changes: programs go by it.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Title">What it is, the same words each time.</param>
/// <param name="IsPassing">True when the same request may succeed later: the answer has <c>Retry-After</c>.</param>
internal sealed record ProblemType(string Name, int Status, string Title, bool IsPassing = false)
{
    private const string Prefix = "urn:qlearning:problem:";

    public string Urn => Prefix + Name;
}
