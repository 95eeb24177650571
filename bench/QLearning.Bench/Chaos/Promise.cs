namespace QLearning.Bench.Chaos;

/// <summary>What a cluster promises about calls that were acknowledged before a fault.</summary>
/// <param name="KeepsNotDurable">Whether the clients live and send again what was lost with a silo: then nothing may be missing.</param>
/// <param name="Fault">When the fault came, since the begin of the run.</param>
/// <param name="Window">How old a write-behind update must be at the fault to be durable, when nobody sends it again.</param>
internal sealed record Promise(bool KeepsNotDurable, TimeSpan Fault, TimeSpan Window)
{
    /// <summary>Whether the effect of an acknowledged call must be there.</summary>
    public bool Covers(Call call) =>
        KeepsNotDurable || call.Kind != CallKind.WriteBehind || call.Ended < Fault - Window || call.Sent > Fault;
}
