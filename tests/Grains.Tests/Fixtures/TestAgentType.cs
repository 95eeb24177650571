using System.Globalization;

namespace QLearning.Grains.Tests.Fixtures;

/// <summary>One row of <c>q_values</c> as SQL shows it.</summary>
public sealed record QRow(
    string State,
    string Action,
    double Value,
    int Visits,
    double Confidence,
    double Uncertainty,
    string StateJson,
    string ActionJson,
    long Id);

/// <summary>One agent type: its grain, and its rows behind the grain's back.</summary>
public sealed class TestAgentType(string name, TestDatabase database, Func<IGrainFactory> grains)
{
    public string Name { get; } = name;

    /// <summary>The grain, in whichever silo runs now.</summary>
    public IAgentTypeGrain Grain => grains().GetGrain<IAgentTypeGrain>(Name);

    /// <summary>Calls the SQL function <c>upsert_q_value</c>.</summary>
    public Task<long> StoreAsync(string state, string action, double value) => database.QueryAsync<long>(string.Create(
        CultureInfo.InvariantCulture,
        $"select upsert_q_value('{Name}', '{state}', '\"{state}\"', '{action}', '\"{action}\"', {value:R})"));

    /// <summary>Its rows by state and action.</summary>
    public async Task<QRow[]> RowsAsync()
    {
        await using var command = database.DataSource.CreateCommand($"""
            select state_hash, action_hash, q_value::float8, visit_count, confidence_score::float8, uncertainty::float8,
                   state_data::text, action_data::text, q_value_id
            from q_values where agent_type = '{Name}' order by state_hash collate "C", action_hash collate "C"
            """);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<QRow>();
        while (await reader.ReadAsync())
        {
            rows.Add(new QRow(
                reader.GetString(0), reader.GetString(1), reader.GetDouble(2), reader.GetInt32(3), reader.GetDouble(4),
                reader.GetDouble(5), reader.GetString(6), reader.GetString(7), reader.GetInt64(8)));
        }

        return [.. rows];
    }

    /// <summary>The sum of its visit counts.</summary>
    public Task<long> VisitsAsync() => database.QueryAsync<long>(
        $"select coalesce(sum(visit_count), 0)::bigint from q_values where agent_type = '{Name}'");

    public Task<long> EpochAsync() => database.QueryAsync<long>($"select epoch from q_table_owners where agent_type = '{Name}'");

    public Task<long> WatermarkAsync() => database.QueryAsync<long>($"select watermark from q_table_owners where agent_type = '{Name}'");

    /// <summary>Takes the ownership away from the running activation, as another activation would.</summary>
    public Task TakeAwayAsync() => database.ExecuteInAsync(
        $"update q_table_owners set epoch = epoch + 1, watermark = 0 where agent_type = '{Name}'");

    /// <summary>
    /// Ends when another owner answers than one that was fenced: until its activation has ended, calls may still meet that one, and
    /// <see cref="FencedException"/> says to call again.
    /// </summary>
    /// <param name="owner">The one that was fenced.</param>
    public Task ReplacedAsync(Guid owner) => Eventually.Holds(
        async () =>
        {
            try
            {
                return (await Grain.GetDurability()).Owner != owner;
            }
            catch (FencedException)
            {
                return false;
            }
        },
        "another owner");

    /// <summary>Holds the lock that each flush needs.</summary>
    public async Task<HeldLock> HoldFlushesAsync()
    {
        // Loaded first: an activation needs the same lock.
        await Grain.GetStatistics();
        return await HeldLock.OfFlushesAsync(database, Name);
    }
}
