using QLearning.Abstractions;
using QLearning.Learning.Episodes;

namespace QLearning.Grains.Agents;

/// <summary>An agent's running episode with what its grain must remember of it.</summary>
internal sealed class EpisodeRun(Episode episode)
{
    public Episode Episode { get; } = episode;

    /// <summary>An episode as its caller remembers it.</summary>
    public static EpisodeRun Restore(EpisodeSnapshot snapshot, double? learningRate)
    {
        var episode = new Episode(snapshot.EpisodeId, snapshot.TaskId, snapshot.StartedAt);
        foreach (var step in snapshot.Steps)
        {
            episode.Act(step.State, step.Action);
            episode.Earn(step.Reward);
        }

        if (snapshot.Acting is { } acting)
        {
            episode.Act(acting.State, acting.Action);
        }

        return new EpisodeRun(episode)
        {
            NewQValues = snapshot.NewQValues,
            LastLearned = snapshot.LastLearned,
            AwaitsNextAction = snapshot.Unlearned is not { } next ? null : new Transition
            {
                State = snapshot.Steps[^1].State,
                Action = snapshot.Steps[^1].Action,
                Reward = snapshot.Steps[^1].Reward,
                NextState = next,
                LearningRate = learningRate,
            },
        };
    }

    /// <summary>The steps that were learned and may not be durable.</summary>
    public List<LearnedStep> Steps { get; } = [];

    /// <summary>The newest choice, for a caller who asks again.</summary>
    public AgentDecision? Decision { get; set; }

    /// <summary>The number of the newest update.</summary>
    public long LearnedNumber { get; private set; }

    /// <summary>How many Q-values were learned in it for the first time.</summary>
    public int NewQValues { get; private set; }

    /// <summary>What SARSA learns once the next action is chosen.</summary>
    public Transition? AwaitsNextAction { get; set; }

    /// <summary>The answer to the newest observation, for a caller who reports it again.</summary>
    public LearnResult? LastLearned { get; private set; }

    /// <summary>Who learned it.</summary>
    public UpdateReceipt? LastReceipt { get; private set; }

    /// <summary>The observation that ended it; its trajectory is not stored yet.</summary>
    public Observation? End { get; private set; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset EndedAt { get; private set; }

    public void Count(LearnResult learned, UpdateId update)
    {
        NewQValues += learned.VisitCount == 1 ? 1 : 0;
        LearnedNumber = update.Number;
    }

    public void Observed(Observation observation, LearnResult? learned, UpdateReceipt? receipt, DateTimeOffset now)
    {
        Episode.Earn(observation.Reward);
        (LastLearned, LastReceipt) = (learned, receipt);
        if (observation.EndsEpisode)
        {
            (End, EndedAt) = (observation, now);
        }
    }
}
