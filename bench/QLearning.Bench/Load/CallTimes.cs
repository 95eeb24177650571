using QLearning.Bench.Report;

namespace QLearning.Bench.Load;

/// <summary>How long calls of one kind took, by phase. Several callers may add at once; reading comes after all have ended.</summary>
/// <param name="operation">The kind of call.</param>
internal sealed class CallTimes(string operation)
{
    private readonly Dictionary<string, List<TimeSpan>> _phases = [];
    private readonly Dictionary<string, int> _unanswered = [];
    private readonly Lock _lock = new();

    /// <summary>How many calls got no answer, in all phases.</summary>
    public int Unanswered => _unanswered.Values.Sum();

    public void Add(string phase, TimeSpan took)
    {
        lock (_lock)
        {
            if (!_phases.TryGetValue(phase, out var times))
            {
                _phases[phase] = times = [];
            }

            times.Add(took);
        }
    }

    /// <summary>A call that got no answer.</summary>
    public void AddUnanswered(string phase)
    {
        lock (_lock)
        {
            _unanswered[phase] = _unanswered.GetValueOrDefault(phase) + 1;
        }
    }

    /// <summary>Sums up one phase.</summary>
    /// <param name="phase">The phase.</param>
    /// <param name="lasted">How long it lasted.</param>
    public Measurement Sum(string phase, TimeSpan lasted)
    {
        var times = _phases.GetValueOrDefault(phase, []);
        times.Sort();
        return new Measurement(
            phase,
            operation,
            times.Count,
            _unanswered.GetValueOrDefault(phase),
            times.Count / lasted.TotalSeconds,
            Quantile.Milliseconds(times, 0.5),
            Quantile.Milliseconds(times, 0.99),
            Quantile.Milliseconds(times, 1));
    }
}
