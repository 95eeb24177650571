using QLearning.Storage.QTables;

namespace QLearning.Storage.Tests.WriteBehind;

/// <summary>A test of flushes: a database and a pump on it.</summary>
public abstract class QTableTest : DatabaseTest
{
    private protected PumpUnderTest Pump { get; private set; } = null!;

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        Pump = new PumpUnderTest(Database.DataSource);
    }

    public override async Task DisposeAsync()
    {
        await Pump.DisposeAsync();
        await base.DisposeAsync();
    }

    protected Task<OwnershipTaken> TakeAsync(string agentType) => TakeAsync(TablePartition.Whole(agentType), repartition: false);

    private protected Task<OwnershipTaken> TakeAsync(TablePartition partition, bool repartition) =>
        new QTableOwnership(Database.DataSource).TakeAsync(partition, repartition, CancellationToken.None);

    protected Task<long> UpsertBySqlAsync(string agentType, string state, double value) =>
        Database.QueryAsync<long>(
            FormattableString.Invariant($"""select upsert_q_value('{agentType}', '{state}', '"sql"', 'a1', '"sql"', {value})"""));
}
