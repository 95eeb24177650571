using QLearning.Abstractions;

namespace QLearning.Storage.WriteBehind;

/// <summary>The batches of several grains turned into the columns that <c>unnest</c> takes.</summary>
internal sealed class FlushColumns
{
    private readonly List<(int Batch, int Index)> _insertPlaces = [];

    private FlushColumns(IReadOnlyList<QTableBatch> batches) => Batches = batches;

    public IReadOnlyList<QTableBatch> Batches { get; }

    public List<long> RowIds { get; } = [];

    public List<string> RowStates { get; } = [];

    public List<string> RowActions { get; } = [];

    public ValueColumns Updates { get; } = new();

    public List<string> StateHashes { get; } = [];

    public List<string?> StateJsons { get; } = [];

    public List<string> ActionHashes { get; } = [];

    public List<string> ActionJsons { get; } = [];

    public ValueColumns Inserts { get; } = new();

    public List<Guid> ClientIds { get; } = [];

    public List<long> ClientFloors { get; } = [];

    /// <summary>Arrays of their own as PostgreSQL writes them: <c>unnest</c> takes no array of arrays of different lengths.</summary>
    public List<string> ClientsAbove { get; } = [];

    public List<long> ClientOwners { get; } = [];

    public RewardColumns Rewards { get; } = new();

    /// <summary>Only whose batches they are.</summary>
    public static FlushColumns OfOwners(IReadOnlyList<QTableBatch> batches) => new(batches);

    /// <summary>The first part of some batches, with what is written once for each batch.</summary>
    public static FlushColumns OfFirst(IReadOnlyList<QTableBatch> batches, FlushPart part)
    {
        var columns = new FlushColumns(batches);
        columns.AddRows(part, _ => true);
        for (var batch = 0; batch < batches.Count; batch++)
        {
            foreach (var client in batches[batch].Clients)
            {
                columns.AddClient(client, batch + 1);
            }

            foreach (var reward in batches[batch].Rewards)
            {
                columns.Rewards.Add(reward, batch + 1);
            }
        }

        return columns;
    }

    /// <summary>A further part: the rows of those batches whose owners hold the locks.</summary>
    public static FlushColumns OfNext(IReadOnlyList<QTableBatch> batches, FlushPart part, bool[] accepted)
    {
        var columns = new FlushColumns(batches);
        columns.AddRows(part, batch => accepted[batch]);
        return columns;
    }

    /// <summary>Where an inserted row came from: SQL counts positions and owners from 1.</summary>
    public (int Batch, int Index) PlaceOfInsert(long position) => _insertPlaces[(int)position - 1];

    public bool HasRows => RowIds.Count + StateHashes.Count > 0;

    public static int BatchOfOwner(long owner) => (int)owner - 1;

    private void AddRows(FlushPart part, Func<int, bool> isWritten)
    {
        foreach (var (batch, start, count) in part.Runs.Where(run => isWritten(run.Batch)))
        {
            for (var index = start; index < start + count; index++)
            {
                Add(batch, index, Batches[batch].Writes[index]);
            }
        }
    }

    private void Add(int batch, int index, in QChange write)
    {
        if (write.RowId != 0)
        {
            RowIds.Add(write.RowId);
            RowStates.Add(write.State.ToString());
            RowActions.Add(write.Action.ToString());
            Updates.Add(write, batch + 1);
            return;
        }

        _insertPlaces.Add((batch, index));
        StateHashes.Add(write.State.ToString());
        StateJsons.Add(write.StateJson);
        ActionHashes.Add(write.Action.ToString());
        ActionJsons.Add(write.ActionJson);
        Inserts.Add(write, batch + 1);
    }

    private void AddClient(in ClientWindow client, int owner)
    {
        ClientIds.Add(client.ClientId);
        ClientFloors.Add(client.Floor);
        ClientsAbove.Add($"{{{string.Join(',', client.Above)}}}");
        ClientOwners.Add(owner);
    }

    /// <summary>The columns that updates and inserts share.</summary>
    internal sealed class ValueColumns
    {
        public List<double> Values { get; } = [];

        public List<int> VisitCounts { get; } = [];

        public List<double> Confidences { get; } = [];

        public List<double> Uncertainties { get; } = [];

        public List<DateTimeOffset?> Expiries { get; } = [];

        public List<long> Owners { get; } = [];

        public void Add(in QChange write, int owner)
        {
            Values.Add(write.Value);
            VisitCounts.Add(write.VisitCount);
            Confidences.Add(write.Confidence);
            Uncertainties.Add(write.Uncertainty);
            Expiries.Add(write.ExpiresAt?.ToUniversalTime());
            Owners.Add(owner);
        }
    }
}
