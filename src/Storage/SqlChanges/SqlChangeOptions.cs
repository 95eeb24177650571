using System.ComponentModel.DataAnnotations;

namespace QLearning.Storage.SqlChanges;

/// <summary>How a silo learns of what other programs write through SQL. Configuration section <c>QLearning:SqlChanges</c>.</summary>
public sealed class SqlChangeOptions
{
    /// <summary>How often the silo looks; so long may a hot Q-table lag behind a write through SQL. Default: 200 ms.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:00:10")]
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromMilliseconds(200);
}
