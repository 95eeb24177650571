namespace QLearning.Silo.Shutdown;

/// <summary>
/// How the parts of a stop share its time. Grains have all of <see cref="SiloSettings.ShutdownTimeout"/> to flush. The runtime waits longer
/// than that for them, so that a grain that gave up has said what is lost; and leaving the cluster comes on top, before and after.
/// </summary>
internal static class ShutdownTimes
{
    /// <summary>How long the membership table may take to answer one call, once the silo stops.</summary>
    public static readonly TimeSpan MembershipCall = TimeSpan.FromSeconds(1);

    /// <summary>How much longer than the grains' time the runtime waits for them: longer than writing a status takes that fails.</summary>
    public static readonly TimeSpan Runtime = TimeSpan.FromSeconds(7);

    /// <summary>
    /// How much longer than the grains' time the whole stop of the runtime may take: <see cref="Runtime"/>, and after it what the services
    /// between the grains and the last status wait for a database that hangs.
    /// </summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(16);
}
