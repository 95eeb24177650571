using QLearning.Abstractions;

namespace QLearning.Client.Updates;

/// <summary>
/// Hands out numbers for updates that may be repeated by other processes. They are consecutive, so that an owner keeps nearly a whole block
/// as one run of numbers, and no number of a block is ever settled: who repeats an update need not know what became of the others. Each
/// flush writes the numbers after one that was not used, so a block is small. Safe for several threads.
/// </summary>
internal sealed class NumberBlocks
{
    private const long BlockSize = QLimits.MaxBatch;

    private readonly Lock _gate = new();
    private Guid _client = Guid.NewGuid();
    private long _last;

    /// <summary>Takes numbers.</summary>
    /// <param name="count">How many follow each other from the one in the answer, 1 to <see cref="QLimits.MaxBatch"/>.</param>
    public UpdateId Take(int count)
    {
        lock (_gate)
        {
            if (_last + count > BlockSize)
            {
                (_client, _last) = (Guid.NewGuid(), 0);
            }

            var first = _last + 1;
            _last += count;
            return new UpdateId(_client, first, 1);
        }
    }
}
