using System.Collections.Concurrent;
using System.Diagnostics;
using Npgsql;

namespace QLearning.Testing;

/// <summary>Notes the statements that this process sends to one database, as Npgsql's tracing tells them when they end.</summary>
public sealed class SqlStatements : IDisposable
{
    private readonly ConcurrentQueue<string> _texts = new();
    private readonly ActivityListener _listener;

    /// <summary>Begins to note.</summary>
    /// <param name="database">The database.</param>
    public SqlStatements(TestDatabase database)
    {
        ArgumentNullException.ThrowIfNull(database);
        var name = new NpgsqlConnectionStringBuilder(database.ConnectionString).Database;
        _listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == "Npgsql",
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity =>
            {
                if (name == activity.GetTagItem("db.namespace") as string && activity.GetTagItem("db.query.text") is string text)
                {
                    _texts.Enqueue(text);
                }
            },
        };
        ActivitySource.AddActivityListener(_listener);
    }

    /// <summary>How many statements with a text have ended.</summary>
    /// <param name="part">A part of the statement.</param>
    public int Count(string part) => _texts.Count(text => text.Contains(part, StringComparison.Ordinal));

    /// <inheritdoc/>
    public void Dispose() => _listener.Dispose();
}
