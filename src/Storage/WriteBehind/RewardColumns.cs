namespace QLearning.Storage.WriteBehind;

/// <summary>The late rewards of a flush as the columns that <c>unnest</c> takes.</summary>
internal sealed class RewardColumns
{
    public List<Guid> Ids { get; } = [];

    public List<Guid?> Sessions { get; } = [];

    public List<Guid?> Trajectories { get; } = [];

    public List<string> StateHashes { get; } = [];

    public List<string> ActionHashes { get; } = [];

    public List<double> Values { get; } = [];

    public List<string?> Sources { get; } = [];

    public List<DateTimeOffset> Times { get; } = [];

    public List<long> Owners { get; } = [];

    public void Add(in RewardWrite reward, long owner)
    {
        Ids.Add(reward.Id);
        Sessions.Add(reward.SessionId);
        Trajectories.Add(reward.TrajectoryId);
        StateHashes.Add(reward.State.ToString());
        ActionHashes.Add(reward.Action.ToString());
        Values.Add(reward.Value);
        Sources.Add(reward.Source);
        Times.Add(reward.ObservedAt.ToUniversalTime());
        Owners.Add(owner);
    }
}
