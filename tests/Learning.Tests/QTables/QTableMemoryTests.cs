using System.Security.Cryptography;
using System.Text;

namespace QLearning.Learning.Tests.QTables;

/// <summary>Pins what a Q-value costs in memory, at five actions a state.</summary>
[Collection(nameof(Alone))]
public class QTableMemoryTests
{
    private const int States = 40_000;
    private const int ActionsPerState = 5;
    private const int MostBytesPerQValue = 100;

    [Fact]
    public void A_loaded_Q_value_takes_at_most_100_bytes()
    {
        using var clock = new CoarseClock(new FakeTimeProvider(TableFixture.Start));
        var actions = Actions();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var table = new QTable(clock, TableFixture.TimeToLive) { IsWhole = true };
        for (var state = 0; state < States; state++)
        {
            var key = Key(state);
            for (var action = 0; action < ActionsPerState; action++)
            {
                var rowId = (state * ActionsPerState) + action + 1;
                table.Load(
                    new StoredQValue(rowId, key, actions[action], null, state, 1, 0.5, 0.5, TableFixture.Start + TableFixture.TimeToLive));
            }
        }

        AssertSmall(table, before);
    }

    [Fact]
    public void A_learned_Q_value_takes_no_more_once_it_is_stored()
    {
        using var clock = new CoarseClock(new FakeTimeProvider(TableFixture.Start));
        var actions = Actions();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var table = new QTable(clock, TableFixture.TimeToLive) { IsWhole = true };
        for (var state = 0; state < States; state++)
        {
            var (key, json) = (Key(state), $"{{\"state\":{state},\"padding\":\"{new string('x', 200)}\"}}");
            for (var action = 0; action < ActionsPerState; action++)
            {
                table.Set(key, json, actions[action], null, state);
            }

            // As a grain does: what was learned is flushed soon, and its JSON leaves memory.
            if (state % 1_000 == 999)
            {
                var changes = table.TakeChanges(int.MaxValue);
                table.Complete(changes, Enumerable.Range(0, changes.Count).ToDictionary(index => index, index => (long)index + 1));
            }
        }

        Assert.Equal(0, table.BacklogCount);
        AssertSmall(table, before);
    }

    private static ActionKey[] Actions() => [.. Enumerable.Range(0, ActionsPerState).Select(TableFixture.Action)];

    private static StateKey Key(int state) =>
        StateKey.Parse(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"state {state}"))));

    private static void AssertSmall(QTable table, long before)
    {
        var bytes = GC.GetTotalMemory(forceFullCollection: true) - before;
        Assert.Equal(States * ActionsPerState, table.QValueCount);
        Assert.InRange(bytes / (double)table.QValueCount, PackedEntryBytes, MostBytesPerQValue);
        GC.KeepAlive(table);
    }

    // Less would mean that nothing was measured.
    private const int PackedEntryBytes = 32;
}

/// <summary>Tests that measure the heap run while no others do.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
#pragma warning disable CA1711 // xUnit's word for it.
public class Alone;
#pragma warning restore CA1711
