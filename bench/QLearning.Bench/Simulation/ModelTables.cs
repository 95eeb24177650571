using QLearning.Abstractions;
using QLearning.Storage.WriteBehind;

namespace QLearning.Bench.Simulation;

/// <summary>A row of <c>q_values</c>.</summary>
internal readonly record struct ModelRow(long Id, double Value, int Visits, double Confidence, double Uncertainty);

/// <summary>A row of <c>q_table_owners</c>.</summary>
internal readonly record struct ModelOwner(long Epoch, long Watermark, int Partitions, Guid Id);

/// <summary>A row of <c>q_table_clients</c>.</summary>
internal sealed record ModelWindow(long Floor, long[] Above);

/// <summary>The tables of one agent type as a backup has them. Names of members are those of the SQL where they do the same.</summary>
internal sealed class ModelTables
{
    /// <summary>The agent type; null: it is deleted.</summary>
    public AgentTypeInfo? Type { get; set; }

    public Dictionary<(StateKey State, ActionKey Action), ModelRow> Rows { get; private init; } = [];

    public SortedDictionary<int, ModelOwner> Owners { get; private init; } = [];

    public Dictionary<(int Partition, Guid Client), ModelWindow> Clients { get; private init; } = [];

    public HashSet<(Guid Id, StateKey State, ActionKey Action)> Rewards { get; private init; } = [];

    public Dictionary<Guid, int> Trajectories { get; private init; } = [];

    public HashSet<string> Agents { get; private init; } = [];

    public long Epochs { get; set; }

    public long Ids { get; set; }

    public ModelTables Copy() => new()
    {
        Type = Type,
        Rows = new(Rows),
        Owners = new(Owners),
        Clients = new(Clients),
        Rewards = [.. Rewards],
        Trajectories = new(Trajectories),
        Agents = [.. Agents],
        Epochs = Epochs,
        Ids = Ids,
    };

    /// <summary>Deletes the agent type with all that belongs to it.</summary>
    public void Delete()
    {
        Type = null;
        Rows.Clear();
        Owners.Clear();
        Clients.Clear();
        Rewards.Clear();
        Trajectories.Clear();
        Agents.Clear();
    }

    /// <summary><c>acquire_q_table</c>: an epoch; below zero, the partitions now; 0: it is to have others.</summary>
    public long Acquire(int partition, int partitions, bool repartition, Guid owner, bool joinsByFloor)
    {
        if (Type is null)
        {
            throw UnknownAgentTypeException.For("the simulation's");
        }

        if (Type.Settings.Partitions != partitions)
        {
            return 0;
        }

        if (Owners.Values.FirstOrDefault(row => row.Partitions != partitions) is { Partitions: > 0 } other)
        {
            if (!repartition)
            {
                return -other.Partitions;
            }

            Repartition(partitions, joinsByFloor);
        }

        Owners[partition] = new ModelOwner(++Epochs, 0, partitions, owner);
        return Epochs;
    }

    /// <summary>Whether a flush may write: it locks the row of its owner.</summary>
    public bool Owns(QTableBatch batch) =>
        Owners.TryGetValue(batch.Owner.Partition, out var owner) && owner.Epoch == batch.Epoch && owner.Id == batch.OwnerId;

    /// <summary>Whether it does write: neither is it stored already, nor is the flush before it gone.</summary>
    public bool MayWrite(QTableBatch batch) =>
        Owns(batch) && Owners[batch.Owner.Partition].Watermark is var watermark && watermark < batch.Watermark && watermark >= batch.After;

    /// <summary>Writes a batch of the owner of its rows.</summary>
    /// <returns>The ids of inserted rows, by their index in the batch.</returns>
    public Dictionary<int, long> Write(QTableBatch batch)
    {
        var partition = batch.Owner.Partition;
        Owners[partition] = Owners[partition] with { Watermark = batch.Watermark };
        var inserted = new Dictionary<int, long>();
        for (var i = 0; i < batch.Writes.Count; i++)
        {
            var write = batch.Writes[i];
            var known = Rows.TryGetValue((write.State, write.Action), out var row);
            var id = known ? row.Id : ++Ids;
            Rows[(write.State, write.Action)] = new ModelRow(id, write.Value, write.VisitCount, write.Confidence, write.Uncertainty);
            // A row that is gone is inserted again in the same transaction.
            if (write.RowId != id)
            {
                inserted[i] = id;
            }
        }

        foreach (var client in batch.Clients)
        {
            var before = Clients.GetValueOrDefault((partition, client.ClientId), new ModelWindow(0, []));
            var floor = Math.Max(before.Floor, client.Floor);
            Clients[(partition, client.ClientId)] = new ModelWindow(
                floor, [.. before.Above.Union(client.Above).Where(number => number > floor).Order()]);
        }

        return inserted;
    }

    public void WriteRewards(QTableBatch batch)
    {
        foreach (var reward in batch.Rewards)
        {
            Rewards.Add((reward.Id, reward.State, reward.Action));
        }
    }

    /// <summary><c>repartition_q_table</c>.</summary>
    private void Repartition(int partitions, bool joinsByFloor)
    {
        foreach (var partition in Owners.Keys.Union(Enumerable.Range(0, partitions)).ToArray())
        {
            Owners[partition] = new ModelOwner(++Epochs, 0, partitions, Guid.NewGuid());
        }

        foreach (var client in Clients.GroupBy(row => row.Key.Client, row => row.Value).ToArray())
        {
            var floor = client.Max(window => joinsByFloor ? window.Above.Append(window.Floor).Max() : window.Floor);
            var above = client.SelectMany(window => window.Above);
            var joined = new ModelWindow(floor, [.. above.Where(number => number > floor).Distinct().Order()]);
            for (var partition = 0; partition < partitions; partition++)
            {
                Clients[(partition, client.Key)] = joined;
            }
        }

        foreach (var gone in Clients.Keys.Where(row => row.Partition >= partitions).ToArray())
        {
            Clients.Remove(gone);
        }
    }
}
