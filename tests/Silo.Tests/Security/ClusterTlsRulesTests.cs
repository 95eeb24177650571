using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using QLearning.Client.Security;
using QLearning.Silo.Security;

namespace QLearning.Silo.Tests.Security;

/// <summary>Certificates that others would refuse are found at the start, and open ports are warned of.</summary>
public sealed class ClusterTlsRulesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly TestAuthority _ours;
    private readonly TestAuthority _other;

    public ClusterTlsRulesTests() => (_ours, _other) = (new TestAuthority("ours", _folder), new TestAuthority("other", _folder));

    public void Dispose()
    {
        _ours.Dispose();
        _other.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void No_certificates_and_good_ones_are_allowed()
    {
        Assert.Null(Problem(new ClusterTlsOptions()));
        Assert.Null(Problem(_ours.ForSilo()));
    }

    [Fact]
    public void An_authority_without_a_certificate_is_refused()
    {
        var options = _ours.ForSilo();
        options.ClusterCertificateFile = null;
        Assert.Contains("belong together", Problem(options), StringComparison.Ordinal);
        Assert.Contains("belong together", Problem(new ClusterTlsOptions { ClusterCertificateKeyFile = "key" }), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_not_there_or_is_no_PEM_is_named()
    {
        var options = _ours.ForSilo();
        options.ClusterAuthorityFile = _folder.At("no-such.pem");
        Assert.Contains("ClusterAuthorityFile", Problem(options), StringComparison.Ordinal);
        Assert.Contains("no-such.pem", Problem(options), StringComparison.Ordinal);
        options = _ours.ForSilo();
        File.WriteAllText(options.ClusterCertificateFile!, "nonsense");
        Assert.Contains("ClusterCertificateFile", Problem(options), StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_of_another_certificate_is_refused()
    {
        var options = _ours.ForSilo("one");
        options.ClusterCertificateKeyFile = _ours.ForSilo("two").ClusterCertificateKeyFile;
        Assert.Contains("ClusterCertificateKeyFile", Problem(options), StringComparison.Ordinal);
    }

    [Fact]
    public void A_certificate_of_another_authority_or_past_its_time_or_for_other_uses_is_refused()
    {
        var foreign = _other.ForSilo();
        foreign.ClusterAuthorityFile = _ours.File;
        var old = _ours.Issue("old", 1, ClusterIdentity.ForServer, ClusterIdentity.ForClient);
        foreach (var options in new[] { foreign, old, _ours.ForClient() })
        {
            Assert.Contains("would be refused by others", Problem(options), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("10.0.0.7", false, 1)]
    [InlineData("10.0.0.7", true, 0)]
    [InlineData("127.0.0.1", false, 0)]
    public async Task Ports_that_others_reach_without_certificates_are_warned_of(string address, bool hasTls, int warnings)
    {
        using var logs = new FakeLoggerProvider();
        using var factory = LoggerFactory.Create(logging => logging.AddProvider(logs));
        var lifecycle = new StartOnly();
        new OpenPorts(
            Options.Create(new EndpointOptions { AdvertisedIPAddress = IPAddress.Parse(address) }),
            Options.Create(hasTls ? _ours.ForSilo() : new ClusterTlsOptions()),
            factory.CreateLogger<OpenPorts>()).Participate(lifecycle);
        await lifecycle.Observer!.OnStart(CancellationToken.None);
        Assert.Equal(warnings, logs.Collector.GetSnapshot().Count(entry => entry.Id == 4008));
    }

    private static string? Problem(ClusterTlsOptions options) =>
        new ClusterTlsRules().Validate(null, options) is { Failed: true } failure ? failure.FailureMessage : null;

    private sealed class StartOnly : ISiloLifecycle, IDisposable
    {
        public ILifecycleObserver? Observer { get; private set; }

        public int HighestCompletedStage => 0;

        public int LowestStoppedStage => 0;

        public IDisposable Subscribe(string observerName, int stage, ILifecycleObserver observer)
        {
            Observer = observer;
            return this;
        }

        public void Dispose() => Observer = null;
    }
}
