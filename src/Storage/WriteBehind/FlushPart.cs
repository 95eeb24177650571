namespace QLearning.Storage.WriteBehind;

/// <summary>The rows of one statement: runs of the rows of several batches.</summary>
/// <param name="Runs">Which batch, from which row on, how many.</param>
internal sealed record FlushPart(IReadOnlyList<(int Batch, int Start, int Count)> Runs)
{
    /// <summary>
    /// Cuts the rows of batches into parts that each fit a limit; a row that is larger alone has a part of its own. There is always a first
    /// part: what is written once for a batch, such as its watermark, goes with it even when no batch has rows.
    /// </summary>
    public static List<FlushPart> Cut(IReadOnlyList<QTableBatch> batches, WriteSize limit)
    {
        var parts = new List<FlushPart>();
        var runs = new List<(int, int, int)>();
        var size = default(WriteSize);
        for (var batch = 0; batch < batches.Count; batch++)
        {
            var writes = batches[batch].Writes;
            var start = 0;
            for (var index = 0; index < writes.Count; index++)
            {
                var row = new WriteSize(1, writes[index].ByteCount());
                if (size.Rows > 0 && !(size + row).FitsIn(limit))
                {
                    AddRun(runs, batch, start, index);
                    parts.Add(new FlushPart(runs));
                    (runs, size, start) = ([], default, index);
                }

                size += row;
            }

            AddRun(runs, batch, start, writes.Count);
        }

        parts.Add(new FlushPart(runs));
        return parts;
    }

    private static void AddRun(List<(int, int, int)> runs, int batch, int start, int end)
    {
        if (end > start)
        {
            runs.Add((batch, start, end - start));
        }
    }
}
