using System.Text.Json;
using QLearning.Abstractions;
using QLearning.Cli.Replay.History;

namespace QLearning.Cli.Replay;

/// <summary>
/// The states that describe a test, as coarse coding does (Sutton &amp; Barto, section 9.5): what any test with the same four last
/// results is worth, and what this very test is worth. The first generalizes to tests that are new, the second knows each by name.
/// </summary>
internal sealed class TestViews
{
    private readonly Dictionary<string, State> _states = new(StringComparer.Ordinal);

    /// <summary>The weight of each view in a test's priority. Near them the outcome is much the same.</summary>
    public static IReadOnlyList<double> Weights { get; } = [1, 2];

    /// <summary>The states of a test, one of each view.</summary>
    public State[] Of(ScheduledTest test) => [OfResults(test.LastResults), OfName(test.Name)];

    /// <summary>The state of the view that knows a test by its last results.</summary>
    public State OfResults(PastResults past)
    {
        var results = string.Join(',', past.Verdicts.Select(failed => failed ? 1 : 0));
        return Make($$"""{"last_results": [{{results}}]}""");
    }

    /// <summary>The state of the view that knows a test by its name.</summary>
    public State OfName(string test) => Make($$"""{"test": {{JsonSerializer.Serialize(test)}}}""");

    private State Make(string json)
    {
        if (!_states.TryGetValue(json, out var state))
        {
            _states[json] = state = State.FromJson(json);
        }

        return state;
    }
}
