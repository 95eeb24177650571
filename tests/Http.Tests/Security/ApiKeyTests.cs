using Microsoft.Extensions.Logging.Testing;

namespace QLearning.Http.Tests.Security;

/// <summary>Keys are valid as long as they should be, and are found nowhere but with their holders.</summary>
[Collection(ServerTests.Name)]
public sealed class ApiKeyTests(ServerFixture server)
{
    private const string Types = "/v1/agent-types";

    [Fact]
    public async Task A_revoked_key_ends_after_five_seconds()
    {
        await using var gateway = await KeyedGateway.StartAsync(server);
        var key = await gateway.KeyAsync([ApiScope.Read]);
        using var caller = gateway.Caller(key);
        await caller.GetAsync("GET", Types);
        await gateway.Keys.RevokeAsync(ApiKey.PrefixOf(key), CancellationToken.None);
        gateway.Time.Advance(TimeSpan.FromSeconds(5));
        (await caller.SendAsync("GET", Types)).IsProblem(HttpStatusCode.Unauthorized, "unauthenticated");
    }

    [Fact]
    public async Task A_key_that_was_valid_stays_so_for_ten_minutes_while_nobody_can_be_asked()
    {
        await using var gateway = await KeyedGateway.StartAsync(server);
        using var caller = gateway.Caller(await gateway.KeyAsync([ApiScope.Read]));
        await caller.GetAsync("GET", Types);
        await using (await HeldLock.TakeAsync(server.Database, "lock table api_keys in access exclusive mode"))
        {
            Assert.Equal(HttpStatusCode.OK, await AskInVainAsync(gateway, caller, TimeSpan.FromMinutes(9)));
            Assert.Equal(HttpStatusCode.OK, (await caller.SendAsync("GET", Types)).Status);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, await AskInVainAsync(gateway, caller, TimeSpan.FromMinutes(2)));
        }
    }

    [Fact]
    public async Task A_replaced_key_is_valid_beside_the_new_one_and_its_predecessor_is_not()
    {
        await using var gateway = await KeyedGateway.StartAsync(server);
        var holder = new ApiKeyHolder { Name = "nightly", Scopes = [ApiScope.Read], AgentTypes = ["test-generator"] };
        var first = await gateway.Keys.AddAsync(holder, TimeSpan.FromDays(90), CancellationToken.None);
        await Assert.ThrowsAsync<InvalidInputException>(() => gateway.Keys.AddAsync(holder, null, CancellationToken.None));
        var second = await gateway.Keys.RotateAsync("nightly", TimeSpan.FromHours(1), CancellationToken.None);
        Assert.True(await IsValidAsync(gateway, first));
        Assert.True(await IsValidAsync(gateway, second));
        var third = await gateway.Keys.RotateAsync("nightly", TimeSpan.FromHours(1), CancellationToken.None);
        var keys = (await gateway.Keys.ListAsync(CancellationToken.None)).Where(one => one.Holder.Name == "nightly").ToArray();
        Assert.Equal(
            [(ApiKey.PrefixOf(third), true), (ApiKey.PrefixOf(second), true), (ApiKey.PrefixOf(first), false)],
            keys.Select(one => (one.Prefix, one.IsValid)));
        Assert.Equal(["test-generator"], keys[0].Holder.AgentTypes);
        Assert.Equal(90, (keys[0].Holder.ExpiresAt!.Value - keys[0].CreatedAt).TotalDays, 1e-6);
        Assert.InRange(keys[1].Holder.ExpiresAt!.Value - TimeProvider.System.GetUtcNow(), TimeSpan.FromMinutes(50), TimeSpan.FromHours(1));
    }

    [Fact]
    public async Task A_key_ends_at_its_time_without_being_asked_for()
    {
        await using var gateway = await KeyedGateway.StartAsync(server);
        var key = await gateway.Keys.AddAsync(
            new ApiKeyHolder { Name = "short", Scopes = [ApiScope.Read] }, TimeSpan.FromHours(1), CancellationToken.None);
        using var caller = gateway.Caller(key);
        var stored = (await gateway.Keys.ListAsync(CancellationToken.None)).Single(one => one.Prefix == ApiKey.PrefixOf(key));
        gateway.Time.SetUtcNow(stored.Holder.ExpiresAt!.Value.AddSeconds(-4));
        await caller.GetAsync("GET", Types);
        gateway.Time.Advance(TimeSpan.FromSeconds(4.5));
        (await caller.SendAsync("GET", Types)).IsProblem(HttpStatusCode.Unauthorized, "unauthenticated");
    }

    [Fact]
    public async Task The_last_use_is_noted_at_most_once_a_minute()
    {
        await using var gateway = await KeyedGateway.StartAsync(server);
        var key = await gateway.KeyAsync([ApiScope.Read]);
        Assert.Null(await LastUseAsync(gateway, key));
        var hash = ApiKey.HashOf(key);
        Assert.NotNull(await gateway.Keys.FindAsync(hash, CancellationToken.None));
        var first = await LastUseAsync(gateway, key);
        await gateway.Keys.FindAsync(hash, CancellationToken.None);
        Assert.Equal(first, await LastUseAsync(gateway, key));
        await server.Database.ExecuteInAsync(
            $"update api_keys set last_used_at = now() - interval '61 seconds' where prefix = '{ApiKey.PrefixOf(key)}'");
        await gateway.Keys.FindAsync(hash, CancellationToken.None);
        Assert.True(await LastUseAsync(gateway, key) > first);
    }

    [Fact]
    public async Task Idempotency_keys_of_two_callers_are_not_the_same()
    {
        await using var gateway = await KeyedGateway.StartAsync(server);
        using var one = gateway.Caller(await gateway.KeyAsync([ApiScope.Read, ApiScope.Learn]));
        using var other = gateway.Caller(await gateway.KeyAsync([ApiScope.Read, ApiScope.Learn]));
        const string Step = """{"state":"two-callers","action":"rerun","reward":1,"done":true}""";
        await one.GetAsync("POST", $"{Types}/flaky-test-hunter/learn", Step, "shared");
        await other.GetAsync("POST", $"{Types}/flaky-test-hunter/learn", Step, "shared");
        await other.GetAsync("POST", $"{Types}/flaky-test-hunter/learn", Step, "shared");
        Assert.Equal(2, await one.VisitsAsync("flaky-test-hunter", "two-callers"));
    }

    [Fact]
    public async Task Neither_log_nor_answer_nor_table_has_a_key_or_password_and_admin_calls_are_in_the_log()
    {
        using var log = new FakeLoggerProvider();
        await using var gateway = await KeyedGateway.StartAsync(server, log);
        var key = await gateway.KeyAsync([ApiScope.Read, ApiScope.Learn, ApiScope.Admin]);
        var unknown = ApiKey.Create();
        using var caller = gateway.Caller(key);
        using var stranger = gateway.Caller(unknown);
        string[] answers =
        [
            (await caller.SendAsync("POST", $"{Types}/flaky-test-hunter/learn", """{"state":"body-s3cret"}""")).Text,
            (await caller.SendAsync("DELETE", $"{Types}/nothing%0Aforged?dryRun=true")).Text,
            (await caller.SendAsync("POST", $"{Types}/flaky-test-hunter/deactivate?colour=red")).Text,
            (await stranger.SendAsync("POST", $"{Types}/flaky-test-hunter/deactivate")).Text,
            (await caller.SendAsync("GET", "/ready")).Text,
            (await caller.SendAsync("GET", "/nothing")).Text,
        ];
        var logged = log.Collector.GetSnapshot().Select(one => $"{one.Message} {one.Exception}").ToArray();
        var stored = await server.Database.QueryAsync<string>("select coalesce(string_agg(k::text, ' '), '') from api_keys k");
        foreach (var text in (string[])[.. answers, .. logged, stored])
        {
            Assert.DoesNotContain(key[12..], text, StringComparison.Ordinal);
            Assert.DoesNotContain(unknown[12..], text, StringComparison.Ordinal);
            Assert.DoesNotContain("Password=", text, StringComparison.OrdinalIgnoreCase);
        }

        Assert.DoesNotContain(logged, text => text.Contains("body-s3cret", StringComparison.Ordinal));
        var audit = log.Collector.GetSnapshot().Where(one => one.Id.Id == 6201).Select(one => one.Message).ToArray();
        Assert.Equal(3, audit.Length);
        Assert.Contains("called DELETE /v1/agent-types/nothing%0Aforged: 400", audit[0], StringComparison.Ordinal);
        Assert.StartsWith("'key ", audit[0], StringComparison.Ordinal);
        Assert.EndsWith("deactivate: 400", audit[1], StringComparison.Ordinal);
        Assert.StartsWith("'anonymous'", audit[2], StringComparison.Ordinal);
        Assert.EndsWith("deactivate: 401", audit[2], StringComparison.Ordinal);
    }

    // The server waits for its answer by the clock of the test.
    private static async Task<HttpStatusCode> AskInVainAsync(KeyedGateway gateway, Api caller, TimeSpan later)
    {
        gateway.Time.Advance(later);
        var asking = caller.SendAsync("GET", Types);
        await Eventually.Holds(
            () =>
            {
                gateway.Time.Advance(TimeSpan.FromSeconds(0.1));
                return asking.IsCompleted;
            },
            "an answer");
        return (await asking).Status;
    }

    private static async Task<bool> IsValidAsync(KeyedGateway gateway, string key)
    {
        using var caller = gateway.Caller(key);
        return (await caller.SendAsync("GET", $"{Types}/test-generator")).Status == HttpStatusCode.OK;
    }

    private static async Task<DateTimeOffset?> LastUseAsync(KeyedGateway gateway, string key) =>
        (await gateway.Keys.ListAsync(CancellationToken.None)).Single(one => one.Prefix == ApiKey.PrefixOf(key)).LastUsedAt;
}
