namespace QLearning.Bench.Simulation;

/// <summary>Carries messages between processes: late, twice, or not at all, and in any order.</summary>
/// <param name="world">The schedule.</param>
internal sealed class SimNetwork(SimWorld world)
{
    private static readonly TimeSpan _longestDelay = TimeSpan.FromSeconds(8);

    /// <summary>Sends a message.</summary>
    public void Send(string what, Action deliver)
    {
        if (Happens(SimFaults.LostMessages))
        {
            world.Trace($"network: {what} is lost");
            return;
        }

        SendOne(what, deliver);
        if (Happens(SimFaults.RepeatedMessages))
        {
            world.Trace($"network: {what} comes twice");
            SendOne(what, deliver);
        }
    }

    private void SendOne(string what, Action deliver)
    {
        if (Happens(SimFaults.LateMessages))
        {
            world.Trace($"network: {what} is late");
            world.Scheduler.After(_longestDelay * world.Chance.NextDouble(), deliver);
        }
        else
        {
            world.Scheduler.Post(deliver);
        }
    }

    private bool Happens(SimFaults fault) => world.IsFaulty(fault) && world.Chance.NextDouble() < world.Plan.FaultRate;
}
