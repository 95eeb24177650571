using QLearning.Storage.QTables;
using QLearning.Storage.WriteBehind;

namespace QLearning.Storage.Tests.WriteBehind;

/// <summary>Batches and writes with the numbers a test does not care about.</summary>
internal static class Writes
{
    public static QTableBatch Batch(string agentType, OwnershipTaken owner, long watermark, params QChange[] writes) =>
        Batch(AgentTypeKey.For(agentType), owner, watermark, writes);

    public static QTableBatch Batch(AgentTypeKey key, OwnershipTaken owner, long watermark, params QChange[] writes) =>
        new(key, owner.Epoch!.Value, watermark, writes) { OwnerId = owner.OwnerId };

    /// <summary>A batch of an owner that SQL has made: it has no id.</summary>
    public static QTableBatch Batch(string agentType, long epoch, long watermark, params QChange[] writes) =>
        Batch(agentType, new OwnershipTaken(epoch, 1), watermark, writes);

    public static QChange Insert(
        string state, string action = "a1", double value = 0.5, int visits = 1, string? stateJson = """{"s": 1}""",
        DateTimeOffset? expires = null) =>
        new(0, StateKey.Parse(state), stateJson, ActionKey.Parse(action), """{"a": 1}""", value, visits, 0.51, 0.49, expires);

    public static QChange Update(long rowId, double value, int visits = 2, string state = "s1", DateTimeOffset? expires = null) =>
        new(rowId, StateKey.Parse(state), null, ActionKey.Parse("a1"), """{"a": 1}""", value, visits, 0.52, 0.48, expires);

    /// <summary>A row that no <c>q_values</c> takes: its confidence does not fit <c>numeric(5,4)</c>.</summary>
    public static QChange Bad(string state) => Insert(state) with { Confidence = 100 };
}
