using System.Globalization;
using QLearning.Abstractions;

namespace QLearning.Bench.Simulation;

/// <summary>What a schedule is made of; all of it follows from the seed.</summary>
internal sealed record SimPlan
{
    public required int Seed { get; init; }

    public required SimFaults Faults { get; init; }

    public Sabotage Sabotage { get; init; }

    public required int Clients { get; init; }

    /// <summary>Callers of each client; each makes one call after the other.</summary>
    public required int Callers { get; init; }

    /// <summary>Calls of each caller.</summary>
    public required int Calls { get; init; }

    /// <summary>Agents of the first client; each lives through one episode after the other.</summary>
    public required int Agents { get; init; }

    /// <summary>Callers of each client that set one Q-value again and again, higher each time.</summary>
    public required int OrderedCallers { get; init; }

    public required int Partitions { get; init; }

    /// <summary>How many changes an owner takes until they are stored: at least the largest call, or that would never be taken.</summary>
    public required int MaxBacklog { get; init; }

    public required LearningRule Rule { get; init; }

    /// <summary>Steps after which a client that merges, keeps many updates, and so on, are chosen otherwise.</summary>
    public required bool MergesCalls { get; init; }

    /// <summary>Steps during which things go wrong.</summary>
    public required int FaultySteps { get; init; }

    /// <summary>How often something goes wrong with a message or a statement.</summary>
    public required double FaultRate { get; init; }

    /// <summary>How often in a step something happens to a process, the agent type or the store.</summary>
    public required double EventRate { get; init; }

    public static SimPlan Of(int seed)
    {
        var random = new Random(seed);
        var faults = SimFaults.None;
        var share = random.NextDouble() * 0.6;
        foreach (var fault in Enum.GetValues<SimFaults>())
        {
            // Those that leave less to be promised are rarer.
            var rare = fault is SimFaults.Restore or SimFaults.Delete or SimFaults.Inactive or SimFaults.NoResending
                or SimFaults.RefusedRows;
            faults |= random.NextDouble() < (rare ? share / 3 : share) ? fault : SimFaults.None;
        }

        // Calls are merged when many are under way.
        var isBusy = random.Next(4) == 0;
        return new SimPlan
        {
            Seed = seed,
            Faults = faults,
            Clients = random.Next(1, 3),
            Callers = isBusy ? random.Next(6, 10) : random.Next(1, 5),
            Calls = isBusy ? random.Next(1, 3) : random.Next(1, 5),
            Agents = random.Next(3) == 0 ? random.Next(1, 3) : 0,
            Partitions = random.Next(2) == 0 ? 1 : random.Next(1, 4),
            MaxBacklog = (faults & SimFaults.SmallBacklog) != 0 ? random.Next(5, 9) : 200_000,
            Rule = random.Next(2) == 0 ? LearningRule.QLearning : LearningRule.Sarsa,
            MergesCalls = random.Next(4) > 0,
            FaultySteps = random.Next(100, 800),
            FaultRate = Math.Pow(random.NextDouble(), 2) * 0.3,
            EventRate = Math.Pow(random.NextDouble(), 2) * 0.03,
            OrderedCallers = random.Next(2),
        };
    }

    /// <summary>True when what is not durable may be lost with its owner.</summary>
    public bool IsLossy => (Faults & (SimFaults.SiloCrash | SimFaults.Zombie | SimFaults.Repartition | SimFaults.Delete | SimFaults.Restore
        | SimFaults.Deactivation | SimFaults.FailingStore)) != 0;

    /// <summary>
    /// True when a refusal says that nothing was learned. Of a message that arrives twice, although it was answered, no client can know.
    /// </summary>
    public bool IsCertain => (Faults & SimFaults.RepeatedMessages) == 0;

    public bool Has(SimFaults fault) => (Faults & fault) != 0;

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"seed {Seed}: {Clients} clients × {Callers} callers × {Calls} calls, {Agents} agents, {Partitions} partitions, {Rule}, "
        + $"merging {MergesCalls}, {FaultySteps} steps with faults (rate {FaultRate:0.000}, events {EventRate:0.0000}): {Faults}");
}
