using System.Security.Claims;
using QLearning.Mcp.Access;

namespace QLearning.Mcp.Tests;

/// <summary>What a caller may do follows from the claims that the server has of him.</summary>
public sealed class ClaimsAccessTests
{
    private static readonly ClaimsAccess _access = new();

    [Theory]
    [InlineData("", false, false)]
    [InlineData("read", true, false)]
    [InlineData("learn", false, true)]
    [InlineData("read learn", true, true)]
    [InlineData("admin", false, false)]
    public void Scopes_say_which_tools_there_are(string scopes, bool reads, bool learns)
    {
        var caller = Caller([.. scopes.Split(' ').Select(scope => new Claim("scope", scope))]);
        Assert.Equal((reads, learns), (_access.MayRead(caller), _access.MayLearn(caller)));
    }

    [Fact]
    public void A_caller_without_limits_may_use_every_agent_type_and_another_those_of_his_key()
    {
        Assert.True(_access.MayUse(Caller(), "test-generator"));
        var limited = Caller(new Claim("agent_type", "test-generator"), new Claim("agent_type", "quality-gate"));
        Assert.True(_access.MayUse(limited, "quality-gate"));
        Assert.False(_access.MayUse(limited, "test-executor"));
    }

    [Fact]
    public void Over_standard_input_everything_is_allowed() =>
        Assert.True(_access.MayRead(null) && _access.MayLearn(null) && _access.MayUse(null, "test-generator"));

    private static ClaimsPrincipal Caller(params Claim[] claims) => new(new ClaimsIdentity(claims));
}
