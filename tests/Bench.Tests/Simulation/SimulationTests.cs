using System.Text.RegularExpressions;
using QLearning.Bench.Simulation;

namespace QLearning.Bench.Tests.Simulation;

/// <summary>
/// Each acknowledged update counts once, each refused one not at all, and nobody waits for ever, in every schedule; and a fault that was in
/// the program once is found when it is put back.
/// </summary>
public sealed partial class SimulationTests
{
    private const int Schedules = 20_000;

    [Fact]
    public void Every_schedule_ends_as_its_callers_were_told()
    {
        var wrong = SimRun.FindWrong(0, Schedules);

        Assert.True(
            wrong is null,
            $"{wrong?.Plan}\n{string.Join('\n', wrong?.Failures ?? [])}\n./qlearn bench simulate --schedules 1 --seed {wrong?.Plan.Seed}");
    }

    [Theory]
    [InlineData(nameof(Sabotage.MergedCallRepeated))]
    [InlineData(nameof(Sabotage.RewardRowLater))]
    [InlineData(nameof(Sabotage.EpochComesAgain))]
    [InlineData(nameof(Sabotage.StepWithoutNumber))]
    [InlineData(nameof(Sabotage.StepReportedAnew))]
    [InlineData(nameof(Sabotage.WindowsJoinedByFloor))]
    [InlineData(nameof(Sabotage.ListDropped))]
    [InlineData(nameof(Sabotage.OtherPartitionsDurable))]
    [InlineData(nameof(Sabotage.CallRepeatedWhole))]
    [InlineData(nameof(Sabotage.RefusalBelieved))]
    [InlineData(nameof(Sabotage.BackupUnnoticed))]
    [InlineData(nameof(Sabotage.ResentRefused))]
    [InlineData(nameof(Sabotage.RefusedNumbersStored))]
    public void A_fault_that_is_put_back_is_found(string sabotage)
    {
        Assert.NotNull(SimRun.FindWrong(0, Schedules, Enum.Parse<Sabotage>(sabotage)));
    }

    [Theory]
    [InlineData(7)]
    [InlineData(1234)]
    [InlineData(5678)]
    public void A_seed_has_one_schedule(int seed)
    {
        var first = SimSchedule.Run(SimPlan.Of(seed), isTracing: true);
        var second = SimSchedule.Run(SimPlan.Of(seed), isTracing: true);

        Assert.NotEmpty(first.Trace);
        Assert.Equal(first.Steps, second.Steps);
        Assert.Equal(first.Trace.Select(WithoutIds), second.Trace.Select(WithoutIds));
    }

    [Fact]
    public void A_wrong_schedule_is_made_smaller()
    {
        var wrong = SimRun.FindWrong(0, Schedules, Sabotage.StepWithoutNumber)!.Plan;

        var small = SimShrinker.Shrink(wrong);

        Assert.False(SimSchedule.Run(small).IsRight);
        Assert.True(int.PopCount((int)small.Faults) <= int.PopCount((int)wrong.Faults));
        Assert.True(small.FaultySteps < wrong.FaultySteps || small.Callers < wrong.Callers);
    }

    private static string WithoutIds(string line) => Ids().Replace(line, "id");

    [GeneratedRegex("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")]
    private static partial Regex Ids();
}
