using Microsoft.Extensions.DependencyInjection;
using QLearning.Http.Tests.Security;
using QLearning.Silo.Gateway;

namespace QLearning.Http.Tests;

/// <summary>A request that is repeated with its key counts once, whatever happened to the first try.</summary>
[Collection(ServerTests.Name)]
public sealed class IdempotencyTests(ServerFixture server)
{
    private const string Type = "/v1/agent-types/flaky-test-hunter";

    [Fact]
    public async Task The_same_request_counts_once_and_gets_the_same_answer()
    {
        using var api = server.Api;
        var first = await api.SendAsync("POST", $"{Type}/learn", Step("once"), "once");
        Assert.False(first.Headers.ContainsKey("Idempotency-Replayed"), first.Text);
        await api.GetAsync("POST", $"{Type}/learn", Step("once"));
        var second = await api.SendAsync("POST", $"{Type}/learn", Step("once"), "once");
        Assert.Equal((first.Status, first.Text), (second.Status, second.Text));
        Assert.Equal("true", second.Headers["Idempotency-Replayed"]);
        Assert.Equal(2, await api.VisitsAsync("flaky-test-hunter", "once"));
    }

    [Fact]
    public async Task The_same_key_for_another_request_is_refused()
    {
        using var api = server.Api;
        await api.GetAsync("POST", $"{Type}/learn", Step("mine"), "mine");
        (await api.SendAsync("POST", $"{Type}/learn", Step("other"), "mine"))
            .IsProblem(HttpStatusCode.UnprocessableEntity, "idempotency-key-reused");
        Assert.Equal(0, await api.VisitsAsync("flaky-test-hunter", "other"));
    }

    [Fact]
    public async Task A_refused_request_leaves_its_key_free()
    {
        using var api = server.Api;
        (await api.SendAsync("POST", $"{Type}/learn", Step("free", "1e7"), "free")).IsProblem(HttpStatusCode.BadRequest, "invalid-input");
        await api.GetAsync("POST", $"{Type}/learn", Step("free"), "free");
        Assert.Equal(1, await api.VisitsAsync("flaky-test-hunter", "free"));
    }

    [Fact]
    public async Task Many_at_once_count_once()
    {
        using var api = server.Api;
        var replies = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => api.SendAsync("POST", $"{Type}/learn", Step("many"), "many")));
        Assert.Contains(replies, reply => reply.Status == HttpStatusCode.OK);
        foreach (var busy in replies.Where(reply => reply.Status != HttpStatusCode.OK))
        {
            busy.IsProblem(HttpStatusCode.Conflict, "idempotency-key-busy");
            Assert.True(int.Parse(busy.Headers["Retry-After"], System.Globalization.CultureInfo.InvariantCulture) >= 1);
        }

        Assert.Equal(1, await api.VisitsAsync("flaky-test-hunter", "many"));
    }

    [Fact]
    public async Task A_process_that_ended_after_learning_and_before_it_kept_the_answer_makes_nobody_learn_twice()
    {
        using var api = server.Api;
        var batch = $"{{\"transitions\":[{Step("died-1")},{Step("died-2")}]}}";
        await api.GetAsync("POST", $"{Type}/learn-many", batch, "died");
        await server.Database.ExecuteInAsync(
            "update idempotency_keys set answer = null, held_until = now() where key = 'died'");
        var again = await api.GetAsync("POST", $"{Type}/learn-many", batch, "died");
        Assert.Equal([1, 1], again.GetProperty("results").EnumerateArray().Select(one => one.GetProperty("visitCount").GetInt32()));
        Assert.Equal(1, await api.VisitsAsync("flaky-test-hunter", "died-2"));
    }

    [Fact]
    public async Task A_process_that_ended_before_learning_loses_nothing_and_holds_the_key_for_a_while_only()
    {
        using var api = server.Api;
        await api.GetAsync("POST", $"{Type}/learn", Step("held"), "held");
        // As if it had been claimed and nothing more: with numbers under which nothing was learned.
        await server.Database.ExecuteInAsync(
            "update idempotency_keys set answer = null, client_id = gen_random_uuid(), held_until = now() + interval '1 hour' "
            + "where key = 'held'");
        (await api.SendAsync("POST", $"{Type}/learn", Step("held"), "held")).IsProblem(HttpStatusCode.Conflict, "idempotency-key-busy");
        await server.Database.ExecuteInAsync("update idempotency_keys set held_until = now() where key = 'held'");
        await api.GetAsync("POST", $"{Type}/learn", Step("held"), "held");
        Assert.Equal(2, await api.VisitsAsync("flaky-test-hunter", "held"));
    }

    [Fact]
    public async Task A_request_whose_caller_went_away_is_finished_and_nobody_does_it_beside_it()
    {
        using var api = server.Api;
        await api.GetAsync("POST", $"{Type}/learn", Step("slow"));
        // Nothing becomes durable while this is open.
        await using var connection = await server.Database.DataSource.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using (var hold = new Npgsql.NpgsqlCommand("lock table q_values in share row exclusive mode", connection))
        {
            await hold.ExecuteNonQueryAsync();
        }

        using (var impatient = new CancellationTokenSource())
        {
            var first = api.SendAsync("POST", $"{Type}/learn", Step("slow"), "slow", cancellationToken: impatient.Token);
            await Eventually.Holds(
                async () => await server.Database.QueryAsync<long>(
                    "select count(*) from idempotency_keys where key = 'slow' and held_until > created_at + interval '3 s'") == 1,
                "a key that is held for longer");
            await impatient.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        }

        await Eventually.Holds(IsTurnedAwayAsync, "another request to be turned away by a key that is held without its caller");
        await transaction.RollbackAsync();
        await Eventually.Holds(
            async () => await server.Database.QueryAsync<bool>("select answer is not null from idempotency_keys where key = 'slow'"),
            "the answer of the first try");
        var again = await api.SendAsync("POST", $"{Type}/learn", Step("slow"), "slow");
        Assert.Equal("true", again.Headers["Idempotency-Replayed"]);
        Assert.Equal(2, await api.VisitsAsync("flaky-test-hunter", "slow"));

        async Task<bool> IsTurnedAwayAsync()
        {
            // After a renewal that is just made the key is held for all of the next request, but where that takes seconds to arrive.
            var heldUntil = await HeldUntilAsync();
            await Eventually.Holds(async () => await HeldUntilAsync() > heldUntil, "a key that is held without its caller");
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(5));
            try
            {
                (await api.SendAsync("POST", $"{Type}/learn", Step("slow"), "slow", cancellationToken: limit.Token))
                    .IsProblem(HttpStatusCode.Conflict, "idempotency-key-busy");
                return true;
            }
            catch (OperationCanceledException)
            {
                return false;
            }
        }

        Task<DateTime> HeldUntilAsync() =>
            server.Database.QueryAsync<DateTime>("select held_until from idempotency_keys where key = 'slow'");
    }

    [Fact]
    public async Task A_key_is_forgotten_after_a_day()
    {
        using var api = server.Api;
        await api.GetAsync("POST", $"{Type}/learn", Step("day"), "day");
        await server.Database.ExecuteInAsync("update idempotency_keys set created_at = now() - interval '25 hours' where key = 'day'");
        await api.GetAsync("POST", $"{Type}/learn", Step("day-2"), "day");
        Assert.Equal(1, await api.VisitsAsync("flaky-test-hunter", "day-2"));
    }

    [Fact]
    public async Task What_a_request_makes_is_made_once()
    {
        using var api = server.Api;
        const string Pattern = """{"name":"quarantine","type":"strategy","data":{"after":3}}""";
        var first = await api.GetAsync("POST", $"{Type}/patterns", Pattern, "make");
        await server.Database.ExecuteInAsync("update idempotency_keys set answer = null, held_until = now() where key = 'make'");
        var second = await api.GetAsync("POST", $"{Type}/patterns", Pattern, "make");
        Assert.Equal(first.GetProperty("id").GetGuid(), second.GetProperty("id").GetGuid());
        Assert.Equal(1, second.GetProperty("version").GetInt32());
    }

    [Fact]
    public async Task A_refusal_after_a_try_that_may_have_taken_effect_does_not_free_the_key()
    {
        using var api = server.Api;
        var batch = $"{{\"transitions\":[{Step("refused-1")},{Step("refused-2")}]}}";
        await api.GetAsync("POST", $"{Type}/learn-many", batch, "refused");
        // As if the process had ended when the first step was learned and the second was not; and the next try is refused.
        await server.Database.ExecuteInAsync(
            "update idempotency_keys set answer = null, held_until = now(), first_number = first_number + 1 where key = 'refused'");
        await api.GetAsync("POST", $"{Type}/deactivate");
        await UntilAsync(api, HttpStatusCode.BadRequest);
        (await api.SendAsync("POST", $"{Type}/learn-many", batch, "refused")).IsProblem(HttpStatusCode.BadRequest, "invalid-input");
        await api.GetAsync("POST", $"{Type}/activate");
        await UntilAsync(api, HttpStatusCode.OK);
        await api.GetAsync("POST", $"{Type}/learn-many", batch, "refused");
        Assert.Equal(1, await api.VisitsAsync("flaky-test-hunter", "refused-1"));
    }

    [Fact]
    public async Task A_gateway_knows_the_keys_that_a_silo_took()
    {
        await using var gateway = await QLearningGateway.StartAsync(
            new GatewaySettings { ConnectionString = server.Database.ConnectionString, IsEmbedded = true },
            configure: services => services.Configure<QLearningClientOptions>(client => client.ResponseTimeout = KeyedGateway.Patience));
        using var api = server.Api;
        using var other = new Api(gateway.HttpUrl);
        await Eventually.Holds(
            async () => await other.SendAsync("GET", "/ready") is { Status: HttpStatusCode.OK } ready
                && ready.Json.GetProperty("ok").GetBoolean(),
            "the gateway to be ready");
        await api.GetAsync("POST", $"{Type}/learn", Step("gateway"), "gateway");
        var again = await other.SendAsync("POST", $"{Type}/learn", Step("gateway"), "gateway");
        Assert.Equal("true", again.Headers["Idempotency-Replayed"]);
        await server.Database.ExecuteInAsync("update idempotency_keys set answer = null, held_until = now() where key = 'gateway'");
        await other.GetAsync("POST", $"{Type}/learn", Step("gateway"), "gateway");
        Assert.Equal(1, await other.VisitsAsync("flaky-test-hunter", "gateway"));
        Assert.Equal(HttpStatusCode.OK, (await other.SendAsync("GET", "/metrics")).Status);
        (await other.SendAsync("GET", "/v1/nothing")).IsProblem(HttpStatusCode.NotFound, "unknown-route");
    }

    // A change of the agent type reaches its grain within seconds.
    private static Task UntilAsync(Api api, HttpStatusCode status) => Eventually.Holds(
        async () => (await api.SendAsync("POST", $"{Type}/learn", Step("active"))).Status == status, $"learning is answered {status}");

    private static string Step(string state, string reward = "1") =>
        $"{{\"state\":\"{state}\",\"action\":\"rerun\",\"reward\":{reward},\"done\":true}}";
}
