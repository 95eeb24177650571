using System.Collections.ObjectModel;
using System.Diagnostics;

namespace QLearning.Silo.Tests.Fixtures;

/// <summary>What an in-memory exporter was given; any thread adds, a test looks.</summary>
internal sealed class ExportedSpans : Collection<Activity>
{
    private readonly Lock _lock = new();

    /// <summary>All so far.</summary>
    public Activity[] All
    {
        get
        {
            lock (_lock)
            {
                return [.. Items];
            }
        }
    }

    protected override void InsertItem(int index, Activity item)
    {
        lock (_lock)
        {
            base.InsertItem(Count, item);
        }
    }
}
