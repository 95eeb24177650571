using System.Diagnostics.Metrics;
using QLearning.Abstractions;
using QLearning.Grains.Telemetry;
using QLearning.Storage.Trajectories;

namespace QLearning.Grains.Trajectories;

/// <summary>Metrics of the episodes that are stored.</summary>
internal sealed class EpisodeInstruments
{
    private readonly AgentTypeTags _tags;
    private readonly Counter<long> _episodes;
    private readonly Counter<double> _rewards;
    private readonly Counter<long> _steps;

    public EpisodeInstruments(IMeterFactory meters, AgentTypeTags tags)
    {
        _tags = tags;
        var meter = meters.Create(QLearningTelemetry.Name);
        _episodes = meter.CreateCounter<long>("qlearning.episodes", "{episode}", "Episodes stored");
        _rewards = meter.CreateCounter<double>(
            "qlearning.episode.rewards", unit: null, "Sum of the sizes of the total rewards of these episodes");
        _steps = meter.CreateCounter<long>("qlearning.episode.steps", "{step}", "Steps of these episodes");
    }

    public void Stored(TrajectoryRecord episode)
    {
        var agentType = _tags.Of(episode.AgentType);
        _episodes.Add(1, agentType, new("outcome", episode.Success ? "success" : "failure"));
        _rewards.Add(Math.Abs(episode.TotalReward), agentType, new("sign", episode.TotalReward >= 0 ? "positive" : "negative"));
        _steps.Add(episode.Rewards.Count, agentType);
    }
}
