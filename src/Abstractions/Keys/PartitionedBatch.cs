namespace QLearning.Abstractions;

/// <summary>Splits a batch over the parts of a Q-table and joins the answers.</summary>
internal static class PartitionedBatch
{
    /// <summary>Sends each part its items, all at once; within a part the order stays.</summary>
    /// <param name="count">How many parts there are.</param>
    /// <param name="items">The batch.</param>
    /// <param name="state">The state that an item belongs to.</param>
    /// <param name="send">Sends items to the part with an index; one answer for each.</param>
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
        await Task.WhenAll(places.Select(async part =>
        {
            var answers = await send(part.Key, [.. part.Select(i => items[i])]);
            foreach (var (place, answer) in part.Zip(answers))
            {
                results[place] = answer;
            }
        }));
        return results;
    }
}
