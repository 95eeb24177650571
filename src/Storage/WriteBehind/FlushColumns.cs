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

    /// <summary>A part of some batches.</summary>
    /// <param name="batches">The batches.</param>
    /// <param name="part">What of them.</param>
    /// <param name="accepted">By batch: whether its owner holds the locks; null: not known yet.</param>
    public static FlushColumns Of(IReadOnlyList<QTableBatch> batches, FlushPart part, bool[]? accepted = null)
    {
        var columns = new FlushColumns(batches);
        ForEach(part.Writes, accepted, (batch, index) => columns.Add(batch, index, batches[batch].Writes[index]));
        ForEach(part.Clients, accepted, (batch, index) => columns.AddClient(batches[batch].Clients[index], batch + 1));
        ForEach(part.Rewards, accepted, (batch, index) => columns.Rewards.Add(batches[batch].Rewards[index], batch + 1));
        return columns;
    }

    /// <summary>Where an inserted row came from: SQL counts positions and owners from 1.</summary>
    public (int Batch, int Index) PlaceOfInsert(long position) => _insertPlaces[(int)position - 1];

    /// <summary>Rows of Q-values and late rewards.</summary>
    public int RowCount => RowIds.Count + StateHashes.Count + Rewards.Ids.Count;

    /// <summary>
    /// Whether PostgreSQL looks something up for single rows: what it has of a state, or a late reward's session and trajectory.
    /// </summary>
    public bool LooksUp => StateJsons.Contains(null) || Rewards.Ids.Count > 0;

    public bool IsEmpty => RowCount + ClientIds.Count == 0;

    public static int BatchOfOwner(long owner) => (int)owner - 1;

    private static void ForEach(IReadOnlyList<FlushRun> runs, bool[]? accepted, Action<int, int> add)
    {
        foreach (var (batch, start, count) in runs.Where(run => accepted is null || accepted[run.Batch]))
        {
            for (var index = start; index < start + count; index++)
            {
                add(batch, index);
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
