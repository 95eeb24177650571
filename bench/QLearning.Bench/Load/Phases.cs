namespace QLearning.Bench.Load;

/// <summary>Which phase of a benchmark runs, and how long each lasted. Calls that begin outside of a phase are not counted.</summary>
/// <param name="time">The clock.</param>
internal sealed class Phases(TimeProvider time)
{
    private readonly List<(string Name, TimeSpan Lasted)> _ended = [];
    private volatile string? _current;

    /// <summary>The phase that runs, or null.</summary>
    public string? Current => _current;

    /// <summary>The phases that have ended.</summary>
    public IReadOnlyList<(string Name, TimeSpan Lasted)> Ended => _ended;

    /// <summary>Runs a phase.</summary>
    public async Task<T> RunAsync<T>(string name, Func<Task<T>> work)
    {
        var began = time.GetTimestamp();
        _current = name;
        try
        {
            return await work();
        }
        finally
        {
            _current = null;
            _ended.Add((name, time.GetElapsedTime(began)));
        }
    }
}
