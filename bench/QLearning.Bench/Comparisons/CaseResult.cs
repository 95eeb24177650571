namespace QLearning.Bench.Comparisons;

/// <summary>What a case gave.</summary>
/// <param name="Name">The case.</param>
/// <param name="Median">Our median over the rounds, in the unit.</param>
/// <param name="Spread">The distance between our lowest and highest round, as a share of the median.</param>
/// <param name="Unit">What was counted.</param>
/// <param name="P50">The time in milliseconds that half of our calls took at most.</param>
/// <param name="P99">The time in milliseconds that 99 % of our calls took at most.</param>
/// <param name="Rivals">The others.</param>
/// <param name="Ratios">What the goals ask for, by name.</param>
/// <param name="Target">The goals in words.</param>
/// <param name="Met">Whether all goals are met; null: a rival of a goal did not take part, and the others are met.</param>
internal sealed record CaseResult(
    string Name,
    double Median,
    double Spread,
    string Unit,
    double? P50,
    double? P99,
    IReadOnlyDictionary<string, Figures> Rivals,
    IReadOnlyDictionary<string, double> Ratios,
    string Target,
    bool? Met)
{
    public static CaseResult Of(string name, string unit, Figures own, IReadOnlyDictionary<string, Figures> rivals,
        IReadOnlyList<Goal> goals)
    {
        var found = goals.ToDictionary(goal => goal, goal => goal.Find(own, rivals));
        return new CaseResult(
            name,
            own.Median,
            own.Spread,
            unit,
            own.P50,
            own.P99,
            rivals,
            found.Where(goal => goal.Value is not null).ToDictionary(goal => goal.Key.Name, goal => Math.Round(goal.Value!.Value, 3)),
            string.Join("; ", goals.Where(goal => goal.IsLimited).Select(goal => goal.Text)),
            IsMet(found));
    }

    private static bool? IsMet(Dictionary<Goal, double?> found)
    {
        if (found.Any(goal => goal.Value is { } value && !goal.Key.IsMet(value)))
        {
            return false;
        }

        return found.Any(goal => goal is { Value: null, Key.IsLimited: true }) ? null : true;
    }
}
