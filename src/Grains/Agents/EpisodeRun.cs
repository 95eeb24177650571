using QLearning.Abstractions;
using QLearning.Learning.Episodes;

namespace QLearning.Grains.Agents;

/// <summary>An agent's running episode with what its grain must remember of it.</summary>
internal sealed class EpisodeRun(Episode episode)
{
    private (StateKey State, ActionKey[] Candidates, int? Seed)? _asked;

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
            MayBeLearned = snapshot.Steps.Count > 0,
            NewQValues = snapshot.NewQValues,
            LastLearned = snapshot.LastLearned,
            Reported = snapshot.Steps.Count == 0 ? null : new ReportedOutcome(snapshot.Steps[^1].Reward, snapshot.Unlearned?.Key),
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
    public AgentDecision? Decision { get; private set; }

    /// <summary>Whether one of its steps was learned, or may have been.</summary>
    public bool MayBeLearned { get; set; }

    /// <summary>The number of the newest update.</summary>
    public long LearnedNumber { get; private set; }

    /// <summary>How many Q-values were learned in it for the first time.</summary>
    public int NewQValues { get; private set; }

    /// <summary>What SARSA learns once the next action is chosen.</summary>
    public Transition? AwaitsNextAction { get; set; }

    /// <summary>The action that the newest observation is of, and its state.</summary>
    public StateAction LastActed => new(Episode.Steps[^1].State, Episode.Steps[^1].Action);

    /// <summary>What the newest observation said, for a caller who reports it again; null: there is none.</summary>
    public ReportedOutcome? Reported { get; private set; }

    /// <summary>The answer to the newest observation.</summary>
    public LearnResult? LastLearned { get; private set; }

    /// <summary>Who learned it.</summary>
    public UpdateReceipt? LastReceipt { get; private set; }

    /// <summary>The observation that ended it; its trajectory is not stored yet.</summary>
    public Observation? Ended { get; private set; }

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
        Note(observation, learned, receipt, now);
    }

    /// <summary>Notes what the newest observation said, and whether the episode ended with it; it may be told anew.</summary>
    public void Note(Observation observation, LearnResult? learned, UpdateReceipt? receipt, DateTimeOffset now)
    {
        (LastLearned, LastReceipt, Reported) = (learned, receipt, ReportedOutcome.Of(observation));
        if (observation.EndsEpisode)
        {
            (Ended, EndedAt) = (observation, now);
        }
    }

    public AgentDecision Decide(AgentDecisionRequest request, AgentDecision decision)
    {
        _asked = (request.State.Key, [.. request.Candidates.Select(action => action.Key)], request.Seed);
        return Decision = decision;
    }

    /// <summary>Whether a request is that of the newest choice.</summary>
    public bool IsDecided(AgentDecisionRequest request) => _asked is { } asked
        && (asked.State, asked.Seed) == (request.State.Key, request.Seed)
        && asked.Candidates.SequenceEqual(request.Candidates.Select(action => action.Key));
}
