using System.Net;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using QLearning.Client.Connection;
using QLearning.Client.Security;

namespace QLearning.Client.Tests.Connection;

/// <summary>What is said when a try to connect lasts until the last time limit of the start.</summary>
public sealed class LimitedStartTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly RefusedPeers _refused;

    public LimitedStartTests() => _refused = new RefusedPeers(_time, NullLogger<RefusedPeers>.Instance);

    [Fact]
    public async Task A_silo_that_was_refused_is_the_reason_and_not_its_address()
    {
        _refused.Add(new IPEndPoint(IPAddress.Loopback, 30_000), "its certificate 'CN=silo' of 'CN=ours' is not allowed: unknown");
        var message = await MessageAsync(new QLearningClientOptions());
        Assert.Contains("'CN=silo' of 'CN=ours' is not allowed", message, StringComparison.Ordinal);
        Assert.Contains("Set QLearning:Security:ClusterAuthorityFile", message, StringComparison.Ordinal);
        Assert.DoesNotContain("port mapping", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("client.pem", "refuses the certificate client.pem")]
    [InlineData(null, "set QLearning:Security:ClusterCertificateFile and QLearning:Security:ClusterAuthorityFile")]
    public async Task Where_nobody_was_refused_the_address_may_be_wrong_or_the_own_certificate(string? certificate, string words)
    {
        var options = new QLearningClientOptions();
        options.Security.ClusterCertificateFile = certificate;
        var message = await MessageAsync(options);
        Assert.Contains("port mapping", message, StringComparison.Ordinal);
        Assert.Contains(words, message, StringComparison.Ordinal);
    }

    private async Task<string> MessageAsync(QLearningClientOptions options)
    {
        var given = Options.Create(options);
        var start = new LimitedStart(new Endless(), given, new ConnectionAdvice(given, _refused), _time);
        var starting = start.StartAsync(CancellationToken.None);
        _time.Advance(TimeSpan.FromHours(1));
        return (await Assert.ThrowsAsync<ClusterUnavailableException>(() => starting)).Message;
    }

    private sealed class Endless : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => Task.Delay(Timeout.Infinite, cancellationToken);

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
