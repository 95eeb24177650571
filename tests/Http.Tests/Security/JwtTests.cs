using System.Security.Claims;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using QLearning.Http.Security;

namespace QLearning.Http.Tests.Security;

/// <summary>Tokens of the issuer that the options name are taken as keys are, and no others.</summary>
[Collection(ServerTests.Name)]
public sealed class JwtTests(ServerFixture server)
{
    private const string Issuer = "https://issuer.example.com";
    private const string Type = "/v1/agent-types/test-generator";

    [Fact]
    public async Task A_token_allows_what_its_claims_say_and_only_if_all_of_it_is_right()
    {
        using var folder = new TemporaryFolder();
        using var own = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var file = Path.Combine(folder.Path, "issuer.pem");
        await File.WriteAllTextAsync(file, own.ExportSubjectPublicKeyInfoPem());
        await using var gateway = await KeyedGateway.StartAsync(server, change: security =>
            (security.JwtIssuer, security.JwtAudience, security.JwtKeyFile) = (Issuer, "qlearning", file));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(gateway, Sign(own)));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(gateway, await gateway.KeyAsync([ApiScope.Read])));
        Assert.Equal(HttpStatusCode.Forbidden, await AskAsync(gateway, Sign(own, scope: "learn readers")));
        Assert.Equal(HttpStatusCode.Forbidden, await AskAsync(gateway, Sign(own, agentType: "test-executor")));
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(gateway, Sign(other)));
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(gateway, Sign(own, issuer: "https://other.example.com")));
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(gateway, Sign(own, audience: "else")));
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(gateway, Sign(own, life: -600)));
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(gateway, Sign(own, subject: "")));
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(gateway, Sign((ECDsa?)null)));
    }

    [Fact]
    public async Task The_keys_of_an_issuer_are_read_from_it_also_after_it_has_changed_them()
    {
        await using var issuer = await TestIssuer.StartAsync();
        await using var gateway = await KeyedGateway.StartAsync(
            server,
            change: security => (security.JwtIssuer, security.JwtAudience) = (issuer.Name, "qlearning"),
            configure: services => services.Configure<JwtBearerOptions>(
                JwtTokens.Scheme,
                // It looks again no more often than this, whoever made it look: five minutes, which a test does not wait.
                bearer => (bearer.BackchannelHttpHandler, bearer.RefreshInterval) = (issuer.Handler(), TimeSpan.FromSeconds(1))));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(gateway, Sign(issuer.Key, issuer: issuer.Name)));
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(gateway, Sign(issuer.Key)));
        issuer.Rotate();
        var after = Sign(issuer.Key, issuer: issuer.Name);
        // A token of a key that is not known makes it look again.
        await Eventually.Holds(async () => await AskAsync(gateway, after) == HttpStatusCode.OK, "the new key");
    }

    private static async Task<HttpStatusCode> AskAsync(KeyedGateway gateway, string token)
    {
        using var caller = gateway.Caller(token);
        return (await caller.SendAsync("GET", Type)).Status;
    }

    private static string Sign(
        ECDsa? key, string scope = "learn read", string agentType = "test-generator", string issuer = Issuer, string audience = "qlearning",
        string subject = "fleet-7", int life = 600) =>
        Sign(key is null ? null : new ECDsaSecurityKey(key), scope, agentType, issuer, audience, subject, life);

    private static string Sign(
        ECDsaSecurityKey? key,
        string scope = "learn read",
        string agentType = "test-generator",
        string issuer = Issuer,
        string audience = "qlearning",
        string subject = "fleet-7",
        int life = 600)
    {
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        return new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
        {
            Issuer = issuer,
            Audience = audience,
            NotBefore = now.AddHours(-1),
            IssuedAt = now.AddHours(-1),
            Expires = now.AddSeconds(life),
            Subject = new ClaimsIdentity([new Claim("sub", subject), new Claim("scope", scope), new Claim("agent_type", agentType)]),
            SigningCredentials = key is null
                ? null
                : new SigningCredentials(key, SecurityAlgorithms.EcdsaSha256),
        });
    }
}
