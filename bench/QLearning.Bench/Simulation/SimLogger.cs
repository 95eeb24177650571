using Microsoft.Extensions.Logging;

namespace QLearning.Bench.Simulation;

/// <summary>Writes what the program logs into the trace; an unexpected failure ends the schedule as wrong.</summary>
internal sealed class SimLogger<T>(SimWorld world, string node) : ILogger<T>
{
    // "Flush failed unexpectedly": no input may lead there.
    private const int FlushFailed = 1004;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => world.IsTracing || logLevel >= LogLevel.Error;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (world.IsTracing)
        {
            world.Trace($"{node} logs: {formatter(state, exception)}{(exception is null ? string.Empty : $" ({exception.Message})")}");
        }

        if (eventId.Id == FlushFailed)
        {
            world.Fail($"{node}: {formatter(state, exception)} {exception}");
        }
    }
}
