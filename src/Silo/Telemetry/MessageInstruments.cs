using System.Collections.Frozen;
using System.Diagnostics.Metrics;
using OpenTelemetry.Metrics;

namespace QLearning.Silo.Telemetry;

/// <summary>
/// The instruments of Orleans that record something for each message, several of them for each call: together they take longer than a
/// call's work here (docs/performance.md). What is rejected, dropped or expired is always counted.
/// </summary>
internal static class MessageInstruments
{
    /// <summary>Orleans' meter.</summary>
    public const string Meter = "Microsoft.Orleans";

    /// <summary>Their names.</summary>
    public static FrozenSet<string> Names { get; } = FrozenSet.Create(
        StringComparer.Ordinal,
        "orleans-app-requests-latency",
        "orleans-directory-lookups-cache-issued",
        "orleans-directory-lookups-cache-successes",
        "orleans-directory-lookups-local-directory-issued",
        "orleans-directory-lookups-local-directory-successes",
        "orleans-directory-lookups-local-issued",
        "orleans-directory-lookups-local-successes",
        "orleans-gateway-received",
        "orleans-gateway-sent",
        "orleans-messaging-processing-dispatcher-processed",
        "orleans-messaging-processing-dispatcher-received",
        "orleans-messaging-processing-ima-enqueued",
        "orleans-messaging-processing-ima-received",
        "orleans-messaging-received-header-size",
        "orleans-messaging-received-messages-size",
        "orleans-messaging-sent-header-size",
        "orleans-messaging-sent-local",
        "orleans-messaging-sent-messages-size");

    /// <summary>Leaves them off: Orleans does no more for an instrument that is not collected than to see that.</summary>
    public static MeterProviderBuilder WithoutMessages(this MeterProviderBuilder metrics) => metrics.AddView(
        static instrument => IsOne(instrument) ? MetricStreamConfiguration.Drop : null);

    private static bool IsOne(Instrument instrument) => instrument.Meter.Name == Meter && Names.Contains(instrument.Name);
}
