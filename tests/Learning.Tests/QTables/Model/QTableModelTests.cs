namespace QLearning.Learning.Tests.QTables.Model;

/// <summary>
/// Pins that no interleaving of learning, flushing, failing, evicting and foreign writes loses an update, counts the backlog wrongly, puts
/// one entry into two open batches, or separates an update's number from the Q-value that has it.
/// </summary>
public class QTableModelTests
{
    private static readonly Gen<(int State, int Action)> _key = Gen.Select(
        Gen.Int[0, ModelTable.States - 1], Gen.Int[0, ModelTable.Actions - 1]);

    private static readonly Gen<Step> _set = Gen.Select(_key.Array[1, 2], Gen.Int[-9, 9]).Select((keys, value) =>
        new Step($"Set {string.Join(' ', keys)} {value}", table => table.Set(keys, value)));

    private static readonly Gen<Step> _failToSet = Gen.Select(_key, _key, Gen.Int[-9, 9]).Select((key, other, value) =>
        new Step($"FailToSet {key} {other} {value}", table => table.FailToSet(key, other, value)));

    private static readonly Gen<Step> _take = Gen.Int[0, 8].Select(max => new Step($"Take {max}", table => table.Take(max)));

    private static readonly Gen<Step> _complete = Gen.Int[0, 3]
        .Select(index => new Step($"Complete {index}", table => table.Complete(index)));

    private static readonly Gen<Step> _return = Gen.Select(Gen.Int[0, 3], Gen.Bool).Select((index, wasWritten) =>
        new Step($"Return {index} {wasWritten}", table => table.Return(index, wasWritten)));

    private static readonly Gen<Step> _refuse = Gen.Select(Gen.Int[0, 3], Gen.Int[0, 255]).Select((index, bits) =>
        new Step($"Refuse {index} {bits}", table => table.Refuse(index, bits)));

    private static readonly Gen<Step> _takeRefused = Gen.Int[0, 4]
        .Select(max => new Step($"TakeRefused {max}", table => table.TakeRefused(max)));

    private static readonly Gen<Step> _evict = Gen.Int[0, ModelTable.States]
        .Select(max => new Step($"Evict {max}", table => table.Evict(max)));

    private static readonly Gen<Step> _change = Gen.Select(_key, Gen.Int[-9, 9], Gen.Int[1, 5]).Select((key, value, visits) =>
        new Step($"Change {key} {value} {visits}", table => table.ChangeByOthers(key, new Known(value, visits))));

    private static readonly Gen<Step> _delete = _key.Select(key => new Step($"Delete {key}", table => table.DeleteByOthers(key)));

    private static readonly Gen<Step> _reload = Gen.Int[0, ModelTable.States - 1].Select(state =>
        new Step($"Reload {state}", table => table.Reload(state)));

    private static readonly Gen<Step> _step = Gen.Frequency(
        (8, _set), (2, _failToSet), (4, _take), (3, _complete), (2, _return), (2, _refuse), (2, _takeRefused), (2, _evict), (2, _change),
        (1, _delete), (1, _reload));

    [Fact]
    public void No_interleaving_loses_an_update() =>
        _step.Array[1, 80].Sample(
            steps =>
            {
                using var table = new ModelTable();
                foreach (var step in steps)
                {
                    step.Do(table);
                    table.Check();
                }

                table.Drain();
                table.Check();
            },
            iter: 3_000,
            print: steps => string.Join('\n', steps.Select(step => step.Name)));

    private sealed record Step(string Name, Action<ModelTable> Do);
}
