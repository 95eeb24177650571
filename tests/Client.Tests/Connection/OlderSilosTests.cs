using System.Reflection;
using Microsoft.Extensions.Options;
using QLearning.Client.Connection;

namespace QLearning.Client.Tests.Connection;

/// <summary>A client that is newer than the silos: only what they do not have is refused, and by name.</summary>
public sealed class OlderSilosTests : IDisposable
{
    private readonly IGrainFactory _grains = DispatchProxy.Create<IGrainFactory, NoGrains>();
    private readonly ClusterCalls _calls = new(Options.Create(new QLearningClientOptions()), TimeProvider.System);

    public void Dispose() => _calls.Dispose();

    [Fact]
    public async Task A_request_key_is_refused_when_it_is_claimed_and_not_when_the_client_connects()
    {
        var keys = new RequestKeysClient(_grains, _calls);
        var error = await Assert.ThrowsAsync<ClusterUnavailableException>(() => keys.ReleaseAsync(null!, isUndone: true));
        Assert.Contains("IRequestKeyGrain", error.Message, StringComparison.Ordinal);
        Assert.Contains("older", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_API_key_is_refused_when_it_is_looked_up_and_not_when_the_client_connects()
    {
        var keys = new ApiKeysClient(_grains, _calls);
        var error = await Assert.ThrowsAsync<ClusterUnavailableException>(() => keys.FindAsync([]));
        Assert.Contains("IApiKeyGrain", error.Message, StringComparison.Ordinal);
    }

    /// <summary>Says of each grain what Orleans says of one that no silo has.</summary>
    public class NoGrains : DispatchProxy
    {
        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
            throw new ArgumentException("Could not find an implementation for interface");
    }
}
