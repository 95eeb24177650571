namespace QLearning.Storage.WriteBehind;

/// <summary>Some of what one batch has to write.</summary>
/// <param name="Batch">Which batch.</param>
/// <param name="Start">The index of the first.</param>
/// <param name="Count">How many.</param>
internal readonly record struct FlushRun(int Batch, int Start, int Count);

/// <summary>What one statement writes: runs of the Q-values, client windows and late rewards of several batches.</summary>
internal sealed class FlushPart
{
    /// <summary>Q-values.</summary>
    public List<FlushRun> Writes { get; } = [];

    /// <summary>Client windows.</summary>
    public List<FlushRun> Clients { get; } = [];

    /// <summary>Late rewards.</summary>
    public List<FlushRun> Rewards { get; } = [];

    /// <summary>
    /// Cuts batches into parts that each fit a limit; a row that is larger alone has a part of its own. There is always a first part: what
    /// is written once for a batch, such as its watermark, goes with it even when no batch has rows.
    /// </summary>
    public static List<FlushPart> Cut(IReadOnlyList<QTableBatch> batches, WriteSize limit)
    {
        var cutter = new Cutter(limit);
        for (var batch = 0; batch < batches.Count; batch++)
        {
            var writes = batches[batch].Writes;
            cutter.Add(part => part.Writes, batch, writes.Count, index => new WriteSize(1, writes[index].ByteCount()));
        }

        for (var batch = 0; batch < batches.Count; batch++)
        {
            var clients = batches[batch].Clients;
            // As they are measured: by their bytes only.
            cutter.Add(part => part.Clients, batch, clients.Count, index => new WriteSize(0, QTableBatch.ByteCount(clients[index])));
        }

        for (var batch = 0; batch < batches.Count; batch++)
        {
            cutter.Add(part => part.Rewards, batch, batches[batch].Rewards.Count, _ => new WriteSize(1, RewardWrite.ByteCount));
        }

        return cutter.Parts;
    }

    private sealed class Cutter(WriteSize limit)
    {
        private WriteSize _size;

        public List<FlushPart> Parts { get; } = [new FlushPart()];

        public void Add(Func<FlushPart, List<FlushRun>> kind, int batch, int count, Func<int, WriteSize> measure)
        {
            var start = 0;
            for (var index = 0; index < count; index++)
            {
                var row = measure(index);
                if (_size != default && !(_size + row).FitsIn(limit))
                {
                    AddRun(kind(Parts[^1]), batch, start, index);
                    Parts.Add(new FlushPart());
                    (_size, start) = (default, index);
                }

                _size += row;
            }

            AddRun(kind(Parts[^1]), batch, start, count);
        }

        private static void AddRun(List<FlushRun> runs, int batch, int start, int end)
        {
            if (end > start)
            {
                runs.Add(new FlushRun(batch, start, end - start));
            }
        }
    }
}
