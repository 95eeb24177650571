using System.Security.Cryptography;
using QLearning.Abstractions;
using QLearning.Client;

namespace QLearning.Mcp.Tools;

/// <summary>Credits the patterns that were used in an episode with its outcome, each once however often that is reported.</summary>
/// <param name="patterns">The patterns of the agent type.</param>
/// <param name="episode">The episode.</param>
internal sealed class UsedPatterns(PatternLibraryClient patterns, Guid episode)
{
    /// <summary>Before anything is learned, so that a wrong id changes nothing.</summary>
    /// <exception cref="UnknownPatternException">There is none of this id.</exception>
    public async Task RequireAsync(IReadOnlyList<Guid> used, CancellationToken cancellationToken)
    {
        // The agent refuses more than these.
        foreach (var id in used.Take(QLimits.MaxPatternsUsed))
        {
            await patterns.GetAsync(id, cancellationToken);
        }
    }

    public async Task CreditAsync(AgentOutcome outcome, double reward, CancellationToken cancellationToken)
    {
        if (outcome.PatternsUsed.Count > 0)
        {
            await patterns.RecordUsesAsync(
                outcome.PatternsUsed.Distinct().Select(id => new PatternUse
                {
                    Id = IdOf(id),
                    PatternId = id,
                    Success = outcome.Success,
                    Reward = Math.Clamp(reward, -QLimits.MaxQValue, QLimits.MaxQValue),
                }),
                cancellationToken);
        }
    }

    private Guid IdOf(Guid pattern) => new(SHA256.HashData([.. episode.ToByteArray(), .. pattern.ToByteArray()]).AsSpan(0, 16));
}
