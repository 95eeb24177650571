namespace QLearning.Bench.Simulation;

/// <summary>Many schedules, on all processors.</summary>
internal static class SimRun
{
    /// <summary>Runs schedules until one is wrong.</summary>
    /// <param name="seed">The seed of the first one; each further one has the next seed.</param>
    /// <param name="schedules">How many.</param>
    /// <param name="sabotage">A fault to put back.</param>
    /// <param name="onResult">Told of each; called by several threads.</param>
    /// <param name="cancellationToken">Ends the run.</param>
    /// <returns>The wrong one with the lowest seed among those that were run; null: all are right.</returns>
    public static SimResult? FindWrong(
        int seed,
        int schedules,
        Sabotage sabotage = Sabotage.None,
        Action<SimResult>? onResult = null,
        CancellationToken cancellationToken = default)
    {
        var gate = new Lock();
        SimResult? wrong = null;
        var options = new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = Environment.ProcessorCount };
        Parallel.For(seed, seed + schedules, options, (one, state) =>
        {
            var result = SimSchedule.Run(SimPlan.Of(one) with { Sabotage = sabotage });
            onResult?.Invoke(result);
            if (!result.IsRight)
            {
                lock (gate)
                {
                    wrong = wrong is null || wrong.Plan.Seed > one ? result : wrong;
                }

                state.Break();
            }
        });
        return wrong;
    }
}
