using CsCheck;

namespace QLearning.Client.Tests.Updates;

/// <summary>
/// Pins that no order of answers, flushes, repartitionings and lost owners loses an update, settles one too early or keeps one for ever.
/// </summary>
public class UpdateListModelTests
{
    private static readonly Gen<int> _owner = Gen.Int[0, 2];
    private static readonly Gen<int> _index = Gen.Int[0, 9];
    private static readonly Gen<int> _partitions = Gen.Int[1, UpdateListModel.MaxPartitions];

    private static readonly Gen<Step> _add = Gen.Int[0, UpdateListModel.States - 1].Array[1, 6].Select(states =>
        new Step($"Add {string.Join(' ', states)}", list => list.Add(states)));

    private static readonly Gen<Step> _divide = Gen.Select(_index, _partitions).Select((index, partitions) =>
        new Step($"Divide {index} {partitions}", list => list.Divide(index, partitions)));

    private static readonly Gen<Step> _acknowledge = Gen.Select(_index, _owner, Gen.Frequency((3, Gen.Const(false)), (1, Gen.Const(true))))
        .Select((index, owner, isDurable) =>
            new Step($"Acknowledge {index} {owner} {isDurable}", list => list.Acknowledge(index, owner, isDurable)));

    private static readonly Gen<Step> _giveUp = _index.Select(index => new Step($"GiveUp {index}", list => list.GiveUp(index)));

    private static readonly Gen<Step> _settle = Gen.Select(_owner, Gen.Int[0, 9]).Select((owner, behind) =>
        new Step($"Settle {owner} {behind}", list => list.Settle(owner, behind)));

    private static readonly Gen<Step> _resend = Gen.Select(_owner, _partitions).Select((owner, partitions) =>
        new Step($"Resend {owner} {partitions}", list => list.Resend(owner, partitions)));

    private static readonly Gen<Step> _step = Gen.Frequency(
        (5, _add), (3, _divide), (5, _acknowledge), (1, _giveUp), (3, _settle), (2, _resend));

    [Fact]
    public void No_order_of_events_loses_an_update_or_settles_one_too_early() =>
        _step.Array[1, 60].Sample(
            steps =>
            {
                var list = new UpdateListModel();
                foreach (var step in steps)
                {
                    step.Do(list);
                    list.Check();
                }

                list.Drain();
            },
            iter: 3_000,
            print: steps => string.Join('\n', steps.Select(step => step.Name)));

    private sealed record Step(string Name, Action<UpdateListModel> Do);
}
