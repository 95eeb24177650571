using Microsoft.Extensions.Logging.Abstractions;
using QLearning.Client.Telemetry;
using QLearning.Client.Updates;

namespace QLearning.Client.Tests.Updates;

/// <summary>A sender whose owners a test plays. It merges nothing, and keeps what is not durable.</summary>
internal static class TestSender
{
    public static UpdateSender Over(IOwnerCalls owners, TimeProvider time, int maxUpdates = 100, TimeSpan? waitFor = null) => new(
        "test-generator",
        owners,
        new UpdateSenderOptions(maxUpdates, waitFor ?? TimeSpan.FromSeconds(1), MergesCalls: false, Resends: true),
        new ClientInstruments(new OwnMeters()),
        NullLogger.Instance,
        time);
}
