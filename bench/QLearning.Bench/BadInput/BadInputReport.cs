namespace QLearning.Bench.BadInput;

/// <summary>What came of many made-up calls.</summary>
/// <param name="Seed">Gives the same calls again.</param>
/// <param name="Calls">How many were made.</param>
/// <param name="Answered">How many had a result.</param>
/// <param name="TurnedAway">How often Orleans turned one away before it came to a grain, so that it was sent again.</param>
/// <param name="Refused">How many were refused, by the error's type.</param>
/// <param name="Compared">Refused calls that were made again between two looks at the database.</param>
/// <param name="Unexpected">Errors that no caller may meet, with their calls.</param>
/// <param name="Logged">Errors in the silo's log.</param>
/// <param name="Changes">What refused calls changed in the database.</param>
internal sealed record BadInputReport(
    int Seed,
    int Calls,
    int Answered,
    int TurnedAway,
    IReadOnlyDictionary<string, int> Refused,
    int Compared,
    IReadOnlyList<string> Unexpected,
    IReadOnlyList<string> Logged,
    IReadOnlyList<string> Changes)
{
    /// <summary>Whether every call was answered or refused in the right way, and refused ones changed nothing.</summary>
    public bool IsClean => Unexpected.Count == 0 && Logged.Count == 0 && Changes.Count == 0;
}
