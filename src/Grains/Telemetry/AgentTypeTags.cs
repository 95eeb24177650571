using System.Collections.Concurrent;
using Microsoft.Extensions.Options;

namespace QLearning.Grains.Telemetry;

/// <summary>
/// The values of the tag <c>agent_type</c>: each value multiplies what a collector stores, so there are only so many. Safe for several
/// threads.
/// </summary>
/// <param name="options">How many.</param>
internal sealed class AgentTypeTags(IOptions<TelemetryOptions> options)
{
    /// <summary>The value that all agent types share that came too late for one of their own.</summary>
    public const string Other = "other";

    private readonly ConcurrentDictionary<string, KeyValuePair<string, object?>> _known = new(StringComparer.Ordinal);
    private readonly KeyValuePair<string, object?> _other = Tag(Other);
    private readonly Lock _lock = new();

    /// <summary>The tag of an agent type.</summary>
    public KeyValuePair<string, object?> Of(string agentType) => _known.TryGetValue(agentType, out var tag) ? tag : Add(agentType);

    private KeyValuePair<string, object?> Add(string agentType)
    {
        lock (_lock)
        {
            return _known.Count < options.Value.MaxAgentTypes ? _known.GetOrAdd(agentType, Tag) : _other;
        }
    }

    private static KeyValuePair<string, object?> Tag(string value) => new("agent_type", value);
}
