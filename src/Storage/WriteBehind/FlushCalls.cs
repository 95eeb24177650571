using System.Diagnostics;
using QLearning.Abstractions;

namespace QLearning.Storage.WriteBehind;

/// <summary>
/// The traced calls whose changes wait for a flush, so that its span can say which it stored. Bounded: of more calls than
/// <see cref="Most"/> in one flush the first are kept. It holds nothing while nobody traces.
/// </summary>
public sealed class FlushCalls
{
    /// <summary>The most calls that are kept for a flush.</summary>
    public const int Most = 32;

    private List<ActivityContext>? _calls;

    /// <summary>Notes the call under way, if it is traced.</summary>
    public void Note()
    {
        if (QLearningTelemetry.Source.HasListeners() && Activity.Current is { Recorded: true, Context: var call })
        {
            Keep(call);
        }
    }

    /// <summary>The calls noted so far, which are forgotten with that.</summary>
    public IReadOnlyList<ActivityContext> Take()
    {
        if (_calls is not { } taken)
        {
            return [];
        }

        _calls = null;
        return taken;
    }

    /// <summary>Notes calls again whose flush failed.</summary>
    /// <param name="calls">What was taken.</param>
    public void Return(IReadOnlyList<ActivityContext> calls)
    {
        foreach (var call in calls)
        {
            Keep(call);
        }
    }

    private void Keep(in ActivityContext call)
    {
        _calls ??= [];
        if (_calls.Count < Most && (_calls.Count == 0 || _calls[^1] != call))
        {
            _calls.Add(call);
        }
    }
}
