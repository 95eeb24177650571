using QLearning.Storage.WriteBehind;

namespace QLearning.Storage.Tests.WriteBehind.Told;

/// <summary>A Q-value in the memory of an owner.</summary>
internal sealed class HotRow
{
    private static readonly DateTimeOffset _expiry = new(2999, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static ActionKey Action { get; } = ActionKey.Parse("a1");

    public string State { get; set; } = "";

    public long RowId { get; set; }

    public double Value { get; set; }

    public int Visits { get; set; }

    /// <summary>The numbers of updates that are not known to be stored.</summary>
    public List<(Guid Client, long Number)> Numbers { get; } = [];

    /// <summary>The late rewards that are not known to be stored.</summary>
    public List<RewardWrite> Rewards { get; } = [];

    public QChange ToChange(string stateJson) =>
        new(RowId, StateKey.Parse(State), stateJson, Action, "1", Value, Visits, 0.5, 0.5, _expiry);
}
