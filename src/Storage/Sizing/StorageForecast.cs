using System.Globalization;
using QLearning.Abstractions;

namespace QLearning.Storage.Sizing;

/// <summary>
/// How much a fleet will store, from how much of each a task makes and the bytes of a row that <c>qlearn bench row-size</c> measures.
/// </summary>
/// <param name="AgentTypes">How many agent types work.</param>
/// <param name="TasksPerDay">How many tasks (episodes) each does a day.</param>
/// <param name="Days">For how many days.</param>
/// <param name="Tables">The tables, the largest first.</param>
public sealed record StorageForecast(int AgentTypes, int TasksPerDay, int Days, IReadOnlyList<StoredTable> Tables)
{
    /// <summary>Q-values of an agent type, once it knows its states.</summary>
    public const int QValuesPerType = 1_000;

    /// <summary>Steps of a task; each is a reward.</summary>
    public const int StepsPerTask = 10;

    /// <summary>Tasks of a session.</summary>
    public const int TasksPerSession = 10;

    /// <summary>Patterns of an agent type.</summary>
    public const int PatternsPerType = 50;

    /// <summary>Agents of a type.</summary>
    public const int AgentsPerType = 2;

    /// <summary>After so many days trajectories and rewards are deleted, unless an agent type's <c>ttlDays</c> says otherwise.</summary>
    public const int Life = 30;

    /// <summary>Less than so many bytes were promised to the schema's first users for 18 types, 100 tasks a day and 30 days.</summary>
    public const long Promise = 1L << 30;

    /// <summary>The largest of each argument.</summary>
    public const int Largest = 100_000;

    /// <summary>The bytes of all tables.</summary>
    public long Bytes => Tables.Sum(table => table.Bytes);

    /// <summary>
    /// What is promised for as much work as this, in bytes: <see cref="Promise"/> by types and tasks; days beyond the life add nothing.
    /// </summary>
    public double Promised => Promise * (AgentTypes / 18.0) * (TasksPerDay / 100.0) * (Math.Min(Days, Life) / (double)Life);

    /// <summary>Predicts.</summary>
    /// <param name="agentTypes">How many agent types work, 1 or more.</param>
    /// <param name="tasksPerDay">How many tasks each does a day, 1 or more.</param>
    /// <param name="days">For how many days, 1 or more.</param>
    /// <exception cref="InvalidInputException">A number is below 1 or above <see cref="Largest"/>.</exception>
    public static StorageForecast Of(int agentTypes, int tasksPerDay, int days)
    {
        Check("number of agent types", agentTypes);
        Check("number of tasks a day", tasksPerDay);
        Check("number of days", days);
        var tasks = (long)agentTypes * tasksPerDay * days;
        var kept = (long)agentTypes * tasksPerDay * Math.Min(days, Life);
        (string Table, long Rows)[] rows =
        [
            ("q_values", (long)agentTypes * QValuesPerType),
            ("trajectories", kept),
            ("rewards", kept * StepsPerTask),
            ("sessions", tasks / TasksPerSession),
            ("patterns", (long)agentTypes * PatternsPerType),
            ("agent_states", (long)agentTypes * AgentsPerType),
        ];
        return new StorageForecast(
            agentTypes,
            tasksPerDay,
            days,
            [.. rows.Select(row => new StoredTable(row.Table, row.Rows, RowSizes.Of[row.Table])).OrderByDescending(table => table.Bytes)]);
    }

    private static void Check(string what, int value)
    {
        if (value is < 1 or > Largest)
        {
            throw InvalidInputException.For(
                what, value, "it is out of range", string.Create(CultureInfo.InvariantCulture, $"1 to {Largest:N0}"));
        }
    }
}
