using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Options;
using QLearning.Http.Security;

namespace QLearning.Http.Tests.Security;

/// <summary>A server that others reach is closed to those whom it is not for.</summary>
[Collection(ServerTests.Name)]
public sealed class SecurityTests(ServerFixture server)
{
    private const string Types = "/v1/agent-types";

    [Theory]
    [InlineData(AuthenticationMode.Off, true, "QLearning:Security:Authentication to Required")]
    [InlineData(AuthenticationMode.Automatic, false, "QLearning:Security:BehindProxy to true")]
    [InlineData(AuthenticationMode.Required, false, "QLearning:Security:CertificateFile")]
    public async Task A_server_that_others_reach_refuses_to_start_open(AuthenticationMode mode, bool isBehindProxy, string advice)
    {
        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => KeyedGateway.StartAsync(
            server, change: security => (security.Authentication, security.BehindProxy) = (mode, isBehindProxy), address: "0.0.0.0"));
        Assert.Contains(advice, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Behind_a_proxy_a_key_is_needed_and_nothing_else()
    {
        await using var gateway = await KeyedGateway.StartAsync(
            server, change: security => security.BehindProxy = true, address: "0.0.0.0");
        using var nobody = new Api(Loopback(gateway.Url));
        using var holder = new Api(Loopback(gateway.Url), await gateway.KeyAsync([ApiScope.Read]));
        (await nobody.SendAsync("GET", Types)).IsProblem(HttpStatusCode.Unauthorized, "unauthenticated");
        Assert.Equal("Bearer", (await nobody.SendAsync("GET", Types)).Headers["WWW-Authenticate"]);
        (await nobody.SendAsync("GET", "/somewhere")).IsProblem(HttpStatusCode.Unauthorized, "unauthenticated");
        await holder.GetAsync("GET", Types);
        foreach (var open in (string[])["/live", "/serving", "/ready", "/metrics", "/openapi/v1.json", "/docs"])
        {
            await Eventually.Holds(async () => (await nobody.SendAsync("GET", open)).Status == HttpStatusCode.OK, $"{open} to be answered");
        }
    }

    [Fact]
    public async Task With_a_certificate_it_speaks_TLS_only()
    {
        using var folder = new TemporaryFolder();
        var (file, certificate) = Make(folder.Path);
        using (certificate)
        {
            await using var gateway = await KeyedGateway.StartAsync(
                server,
                change: security => (security.CertificateFile, security.CertificateKeyFile) = (file, file),
                address: "0.0.0.0");
            Assert.Equal("https", gateway.Url.Scheme);
            using var handler = new SocketsHttpHandler
            {
                SslOptions = new SslClientAuthenticationOptions
                {
                    RemoteCertificateValidationCallback = (_, shown, _, _) => shown?.GetCertHashString() == certificate.GetCertHashString(),
                },
            };
            using var secure = new HttpClient(handler) { BaseAddress = Loopback(gateway.Url) };
            Assert.Equal(HttpStatusCode.OK, (await secure.GetAsync(new Uri("/live", UriKind.Relative))).StatusCode);
            using var plain = new HttpClient { BaseAddress = new UriBuilder(Loopback(gateway.Url)) { Scheme = "http" }.Uri };
            await Assert.ThrowsAsync<HttpRequestException>(() => plain.GetAsync(new Uri("/live", UriKind.Relative)));
        }
    }

    [Fact]
    public async Task A_certificate_that_cannot_be_used_is_named()
    {
        var error = await Assert.ThrowsAsync<OptionsValidationException>(
            () => KeyedGateway.StartAsync(server, change: security => security.CertificateFile = "/nowhere/tls.pem"));
        Assert.Contains("'/nowhere/tls.pem' is not allowed", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Foreign_names_and_foreign_pages_are_refused()
    {
        await using var gateway = await KeyedGateway.StartAsync(server, change: security =>
        {
            security.AllowedHosts.Add("*.example.com");
            security.AllowedOrigins.Add("https://dashboard.example.org");
        });
        using var caller = gateway.Caller(await gateway.KeyAsync([ApiScope.Read]));
        (await SendAsync(caller, "rebound.example.net")).IsProblem(HttpStatusCode.BadRequest, "wrong-host");
        (await SendAsync(caller, "127.0.0.1.example.net")).IsProblem(HttpStatusCode.BadRequest, "wrong-host");
        foreach (var known in (string[])["localhost:1", "127.0.0.1", "[::1]:8080", "10.1.2.3", "q.example.com"])
        {
            Assert.Equal(HttpStatusCode.OK, (await SendAsync(caller, known)).Status);
        }

        (await SendAsync(caller, "localhost", "https://evil.example.net")).IsProblem(HttpStatusCode.Forbidden, "wrong-origin");
        (await SendAsync(caller, "localhost", "null")).IsProblem(HttpStatusCode.Forbidden, "wrong-origin");
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(caller, "localhost:1", "http://localhost:1")).Status);
        var page = await SendAsync(caller, "localhost", "https://dashboard.example.org");
        Assert.Equal("https://dashboard.example.org", page.Headers["Access-Control-Allow-Origin"]);
    }

    [Fact]
    public async Task Pages_of_allowed_origins_may_send_the_headers_of_callers_with_keys_and_of_MCP_clients()
    {
        await using var gateway = await KeyedGateway.StartAsync(
            server, change: security => security.AllowedOrigins.Add("https://dashboard.example.org"));
        using var page = gateway.Caller(await gateway.KeyAsync([ApiScope.Read]));
        string[] sent = ["authorization", "content-type", "idempotency-key", "mcp-protocol-version", "mcp-method", "mcp-name"];
        var request = new HttpRequestMessage(HttpMethod.Options, new Uri("/mcp", UriKind.Relative));
        request.Headers.Add("Origin", "https://dashboard.example.org");
        request.Headers.Add("Access-Control-Request-Method", "POST");
        request.Headers.Add("Access-Control-Request-Headers", string.Join(',', sent));

        var allowed = (await page.SendAsync(request)).Headers["Access-Control-Allow-Headers"].Split(',', StringSplitOptions.TrimEntries);

        Assert.All(sent, header => Assert.Contains(header, allowed, StringComparer.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Answers_tell_browsers_to_take_them_for_nothing_else()
    {
        using var api = server.Api;
        foreach (var path in (string[])[Types, "/nothing", "/docs"])
        {
            var reply = await api.SendAsync("GET", path);
            Assert.Equal("nosniff", reply.Headers["X-Content-Type-Options"]);
            Assert.Equal("DENY", reply.Headers["X-Frame-Options"]);
            Assert.Equal(path != "/docs", reply.Headers.ContainsKey("Content-Security-Policy"));
            Assert.False(reply.Headers.ContainsKey("Access-Control-Allow-Origin"));
        }
    }

    [Fact]
    public async Task A_caller_who_asks_too_often_waits_and_others_do_not()
    {
        await using var gateway = await KeyedGateway.StartAsync(server, change: security => security.RequestsPerSecond = 2);
        using var eager = gateway.Caller(await gateway.KeyAsync([ApiScope.Read]));
        using var other = gateway.Caller(await gateway.KeyAsync([ApiScope.Read]));
        Reply[] replies = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => eager.SendAsync("GET", Types)));
        await other.GetAsync("GET", Types);
        Assert.Contains(replies, reply => reply.Status == HttpStatusCode.OK);
        var refused = replies.First(reply => reply.Status != HttpStatusCode.OK);
        refused.IsProblem(HttpStatusCode.TooManyRequests, "too-many-requests");
        Assert.Equal("1", refused.Headers["Retry-After"]);
    }

    private static Task<Reply> SendAsync(Api api, string host, string? origin = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, new Uri(Types, UriKind.Relative));
        request.Headers.Host = host;
        if (origin is not null)
        {
            request.Headers.Add("Origin", origin);
        }

        return api.SendAsync(request);
    }

    private static Uri Loopback(Uri any) => new UriBuilder(any) { Host = "127.0.0.1" }.Uri;

    private static (string File, X509Certificate2 Certificate) Make(string folder)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var certificate = request.CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(1));
        var file = Path.Combine(folder, "tls.pem");
        File.WriteAllText(file, certificate.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem());
        return (file, certificate);
    }
}
