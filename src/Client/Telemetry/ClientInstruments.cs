using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using QLearning.Abstractions;
using QLearning.Client.Updates;

namespace QLearning.Client.Telemetry;

/// <summary>Metrics of a client, in the meter <c>QLearning</c> of its process.</summary>
internal sealed class ClientInstruments
{
    /// <summary>The value of the tag <c>kind</c> for best actions.</summary>
    public const string BestActions = "best_actions";

    /// <summary>The value of the tag <c>kind</c> for updates.</summary>
    public const string Updates = "updates";

    private readonly ConcurrentBag<UpdateSender> _senders = [];
    private readonly Counter<long> _merged;
    private long _resent;

    public ClientInstruments(IMeterFactory meters)
    {
        var meter = meters.Create(QLearningTelemetry.Name);
        meter.CreateObservableCounter(
            "qlearning.client.updates.resent",
            () => Volatile.Read(ref _resent),
            "{update}",
            "Updates sent again because another owner has their states now");
        _merged = meter.CreateCounter<long>(
            "qlearning.client.calls.merged", "{call}", "Calls that went to a silo together with others");
        meter.CreateObservableGauge(
            "qlearning.client.updates.not_durable",
            () => _senders.Sum(sender => (long)sender.NotDurableCount),
            "{update}",
            "Updates kept until they are durable");
    }

    /// <summary>Updates are sent again.</summary>
    public void Resent(int updates) => Interlocked.Add(ref _resent, updates);

    /// <summary>Calls went together.</summary>
    public void Merged(string kind, int calls) => _merged.Add(calls, new KeyValuePair<string, object?>("kind", kind));

    /// <summary>What a sender keeps is observed from now on.</summary>
    public void Watch(UpdateSender sender) => _senders.Add(sender);
}
