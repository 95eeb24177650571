using System.Diagnostics;
using QLearning.Abstractions;

namespace QLearning.Storage.WriteBehind;

/// <summary>
/// The span of one flush transaction: in the trace of the first call that it stores, with links to all. A flush of no traced call has none.
/// </summary>
internal static class FlushSpan
{
    /// <summary>The span's name.</summary>
    public const string Name = "flush";

    private const int MostLinks = 128;

    /// <summary>Writes inside a span, if there is to be one.</summary>
    /// <param name="kind">What is written.</param>
    /// <param name="calls">The traced calls of all that is written.</param>
    /// <param name="write">Writes.</param>
    public static async Task<T> AroundAsync<T>(string kind, IEnumerable<IReadOnlyList<ActivityContext>> calls, Func<Task<T>> write)
    {
        using var span = Start(kind, calls);
        try
        {
            return await write();
        }
        catch (Exception error)
        {
            span?.SetStatus(ActivityStatusCode.Error, error.Message);
            throw;
        }
    }

    private static Activity? Start(string kind, IEnumerable<IReadOnlyList<ActivityContext>> calls)
    {
        if (!QLearningTelemetry.Source.HasListeners())
        {
            return null;
        }

        ActivityLink[] links = [.. calls.SelectMany(some => some).Distinct().Take(MostLinks).Select(call => new ActivityLink(call))];
        return links.Length == 0
            ? null
            : QLearningTelemetry.Source.StartActivity(
                ActivityKind.Internal, links[0].Context, [new("qlearning.kind", kind)], links, name: Name);
    }
}
