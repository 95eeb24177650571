using System.Globalization;

namespace QLearning.Storage.Tests.WriteBehind.Told;

/// <summary>A partition that owners have one after the other: its states, some of which PostgreSQL refuses, and its clients.</summary>
internal sealed class ToldPart
{
    private const int States = 16;
    private readonly Dictionary<Guid, long> _numbers;

    public ToldPart(TablePartition partition, Random random, double refused)
    {
        Partition = partition;
        Prefix = string.Create(CultureInfo.InvariantCulture, $"{partition.Index}-");
        Clients = [.. Enumerable.Range(0, random.Next(1, 5)).Select(_ => NextGuid(random))];
        _numbers = Clients.ToDictionary(client => client, _ => 0L);
        AllStates = [.. Enumerable.Range(0, States).Select(i =>
            Prefix + i.ToString(CultureInfo.InvariantCulture)
            + (random.NextDouble() < refused ? random.GetItems(RowTroubles.RefusedEnds, 1)[0] : ""))];
    }

    public TablePartition Partition { get; }

    public AgentTypeKey Key => Partition.Owner;

    /// <summary>What its states begin with.</summary>
    public string Prefix { get; }

    public Guid[] Clients { get; }

    public string[] AllStates { get; }

    /// <summary>Whether PostgreSQL never takes a new row of a state.</summary>
    public static bool IsRefused(string state) => RowTroubles.RefusedEnds.Any(end => state.EndsWith(end, StringComparison.Ordinal));

    /// <summary>The next update of one of the clients; some of its numbers are those of other partitions.</summary>
    public (Guid Client, long Number) NextNumber(Random random)
    {
        var client = random.GetItems(Clients, 1)[0];
        lock (_numbers)
        {
            return (client, _numbers[client] += random.Next(4) == 0 ? 2 : 1);
        }
    }

    public static Guid NextGuid(Random random)
    {
        var bytes = new byte[16];
        random.NextBytes(bytes);
        return new Guid(bytes);
    }
}
