using Npgsql;

namespace QLearning.Storage.Sql;

/// <summary>
/// Statements that the triggers which note what other programs write pass over: who runs them keeps memory in step by itself.
/// </summary>
internal static class OwnWrites
{
    private const string Mark = "select set_config('qlearning.flush', 'on', true)";

    /// <summary>Begins a batch whose statements are the cluster's own. Its first result is the mark's.</summary>
    public static void MarkAsOwn(this NpgsqlBatch batch) => batch.BatchCommands.Add(new NpgsqlBatchCommand(Mark));

    /// <summary>Runs a statement as the cluster's own, in a transaction of its own, and returns its rows.</summary>
    public static async Task<List<T>> ReadOwnAsync<T>(
        this NpgsqlDataSource dataSource, NpgsqlBatchCommand command, Func<NpgsqlDataReader, T> map, CancellationToken cancellationToken)
    {
        await using var batch = dataSource.CreateBatch();
        batch.MarkAsOwn();
        batch.BatchCommands.Add(command);
        return await batch.ReadSecondAsync(map, cancellationToken);
    }
}
