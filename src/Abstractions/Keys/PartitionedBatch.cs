namespace QLearning.Abstractions;

/// <summary>Divides a batch over the partitions of a Q-table and joins the answers.</summary>
internal static class PartitionedBatch
{
    /// <summary>Sends each partition its items, all at once; within a partition the order stays.</summary>
    /// <param name="count">How many partitions there are.</param>
    /// <param name="items">The batch.</param>
    /// <param name="state">The state that an item belongs to.</param>
    /// <param name="send">Sends items to the partition with an index; one answer for each.</param>
    /// <returns>The answers in the order of the items.</returns>
    public static async Task<TResult[]> SendAsync<TItem, TResult>(
        int count, TItem[] items, Func<TItem, StateKey> state, Func<int, TItem[], Task<TResult[]>> send)
    {
        var places = Enumerable.Range(0, items.Length).GroupBy(i => TablePartition.IndexOf(state(items[i]), count)).ToArray();
        if (places.Length <= 1)
        {
            return await send(places.Length == 0 ? 0 : places[0].Key, items);
        }

        var results = new TResult[items.Length];
        await Task.WhenAll(places.Select(async partition =>
        {
            var answers = await send(partition.Key, [.. partition.Select(i => items[i])]);
            foreach (var (place, answer) in partition.Zip(answers))
            {
                results[place] = answer;
            }
        }));
        return results;
    }
}
