using System.Globalization;

namespace QLearning.Grains.Tests.Fixtures;

/// <summary>One agent: its grain, its episodes, and its row behind the grain's back.</summary>
public sealed class TestAgent(TestAgentType type, string instance, TestDatabase database, Func<IGrainFactory> grains)
{
    private readonly Guid _client = Guid.NewGuid();
    private int _step;
    private long _number;

    public AgentKey Key { get; } = AgentKey.For(type.Name, instance);

    /// <summary>The grain, in whichever silo runs now.</summary>
    public IAgentGrain Grain => grains().GetGrain<IAgentGrain>(Key.ToString());

    public Guid Episode { get; private set; } = Guid.CreateVersion7();

    /// <summary>Begins another episode with the next action.</summary>
    public void Renew() => (Episode, _step) = (Guid.CreateVersion7(), 0);

    public async Task<AgentDecision> ActAsync(string state, params string[] candidates) =>
        await Grain.SelectAction(new AgentDecisionRequest
        {
            EpisodeId = Episode,
            State = State.FromKey(state),
            Candidates = [.. candidates.Select(AgentAction.Named)],
            Step = _step,
            Update = Number(),
        });

    /// <summary>A number for an update.</summary>
    public UpdateId Number() => new(_client, ++_number, 1);

    public Observation Outcome(double reward, string next, bool done = false, bool success = true) => new()
    {
        EpisodeId = Episode,
        Step = _step,
        Update = Number(),
        Reward = reward,
        NextState = State.FromKey(next),
        Done = done,
        Success = success,
    };

    /// <summary>Reports the last reward of an episode that a limit cut.</summary>
    public async Task<ObservationResult> CutAsync(double reward, string next)
    {
        var result = await Grain.Observe(Outcome(reward, next) with { Truncated = true });
        Renew();
        return result;
    }

    public async Task<ObservationResult> EarnAsync(double reward, string next, bool done = false, bool success = true)
    {
        var result = await Grain.Observe(Outcome(reward, next, done, success));
        _step++;
        if (done)
        {
            Renew();
        }

        return result;
    }

    /// <summary>An episode of one step.</summary>
    public async Task<EpisodeSummary> PlayAsync(double reward, string state = "s", string action = "a", bool success = true)
    {
        await ActAsync(state, action);
        return (await EarnAsync(reward, "end", done: true, success)).Ended!;
    }

    /// <summary>Columns of its row, in SQL's words, or "none".</summary>
    public Task<string> RowAsync(string columns) => database.QueryAsync<string>(string.Create(CultureInfo.InvariantCulture, $"""
        select coalesce((select concat_ws('|', {columns}) from agent_states
                         where agent_type = '{Key.AgentType}' and agent_instance_id = '{Key.Instance}'), 'none')
        """));

    /// <summary>How many trajectories of its type are stored.</summary>
    public Task<long> TrajectoriesAsync() =>
        database.QueryAsync<long>($"select count(*) from trajectories where agent_type = '{Key.AgentType}'");
}
