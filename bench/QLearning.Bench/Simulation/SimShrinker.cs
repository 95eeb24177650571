namespace QLearning.Bench.Simulation;

/// <summary>Finds a smaller schedule of the same seed that is wrong too, so that its trace can be read.</summary>
internal static class SimShrinker
{
    private const int MaxTries = 300;

    public static SimPlan Shrink(SimPlan wrong)
    {
        var tries = 0;
        var found = true;
        while (found)
        {
            found = false;
            foreach (var smaller in Smaller(wrong))
            {
                if (tries++ >= MaxTries)
                {
                    return wrong;
                }

                if (!SimSchedule.Run(smaller).IsRight)
                {
                    (wrong, found) = (smaller, true);
                    break;
                }
            }
        }

        return wrong;
    }

    private static IEnumerable<SimPlan> Smaller(SimPlan plan)
    {
        foreach (var fault in Enum.GetValues<SimFaults>().Where(fault => fault != SimFaults.None && plan.Has(fault)))
        {
            yield return plan with { Faults = plan.Faults & ~fault };
        }

        foreach (var smaller in new[]
        {
            plan with { Agents = 0 },
            plan with { Clients = 1 },
            plan with { Callers = plan.Callers / 2 },
            plan with { Callers = Math.Max(0, plan.Callers - 1) },
            plan with { Calls = Math.Max(1, plan.Calls / 2) },
            plan with { Calls = Math.Max(1, plan.Calls - 1) },
            plan with { Agents = Math.Max(0, plan.Agents - 1) },
            plan with { Partitions = 1 },
            plan with { MergesCalls = false },
            plan with { FaultySteps = plan.FaultySteps / 2 },
            plan with { FaultySteps = plan.FaultySteps * 7 / 8 },
        })
        {
            if (smaller != plan)
            {
                yield return smaller;
            }
        }
    }
}
