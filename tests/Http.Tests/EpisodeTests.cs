namespace QLearning.Http.Tests;

/// <summary>An agent's episode over HTTP: each step counts once, and an episode that was lost comes back.</summary>
[Collection(ServerTests.Name)]
public sealed class EpisodeTests(ServerFixture server)
{
    private const string Type = "/v1/agent-types/coverage-analyzer";

    [Fact]
    public async Task An_episode_is_learned_step_by_step_and_stored_at_its_end()
    {
        using var api = server.Api;
        var episode = await BeginAsync(api, "http-1");
        for (var step = 0; step < 3; step++)
        {
            var chosen = await api.GetAsync("POST", $"{episode}/steps/{step}/action", Act($"e1-{step}"));
            Assert.Equal(step, chosen.GetProperty("step").GetInt32());
            Assert.Equal("scan", chosen.GetProperty("action").GetProperty("key").GetString());
            var outcome = await api.GetAsync("POST", $"{episode}/steps/{step}/outcome", Outcome($"e1-{step + 1}", isDone: step == 2));
            Assert.Equal(step == 2 ? JsonValueKind.Object : JsonValueKind.Null, outcome.GetProperty("trajectory").ValueKind);
        }

        var stored = (await api.GetAsync("GET", $"{Type}/trajectories?agent=http-1")).GetProperty("trajectories")[0];
        Assert.EndsWith(stored.GetProperty("id").GetString()!, episode, StringComparison.Ordinal);
        Assert.Equal(3, stored.GetProperty("stepRewards").GetArrayLength());
    }

    [Fact]
    public async Task An_outcome_that_is_reported_again_counts_once_with_and_without_a_key()
    {
        using var api = server.Api;
        var episode = await BeginAsync(api, "http-2");
        await api.GetAsync("POST", $"{episode}/steps/0/action", Act("e2-0"));
        for (var tries = 0; tries < 3; tries++)
        {
            await api.GetAsync("POST", $"{episode}/steps/0/outcome", Outcome("e2-1"), tries == 0 ? null : "outcome");
        }

        Assert.Equal(1, await api.VisitsAsync("coverage-analyzer", "e2-0"));
    }

    [Fact]
    public async Task With_a_key_a_step_is_in_PostgreSQL_when_it_is_answered()
    {
        using var api = server.Api;
        var episode = await BeginAsync(api, "http-3");
        await api.GetAsync("POST", $"{episode}/steps/0/action", Act("e3-0"));
        await api.GetAsync("POST", $"{episode}/steps/0/outcome", Outcome("e3-1"), "durable");
        Assert.Equal(1, await server.Database.QueryAsync<long>("select sum(visit_count) from q_values where state_hash = 'e3-0'"));
    }

    [Fact]
    public async Task With_a_key_a_step_that_waited_for_the_next_action_is_in_PostgreSQL_when_that_is_answered()
    {
        using var api = server.Api;
        await api.GetAsync(
            "POST", "/v1/agent-types", """{"agentType":"http-sarsa","displayName":"SARSA","settings":{"learningRule":"sarsa"}}""");
        const string Agent = "/v1/agent-types/http-sarsa/agents/http-7";
        for (var i = 0; i < 10; i++)
        {
            var episode = $"{Agent}/episodes/{Guid.NewGuid()}";
            await api.GetAsync("POST", $"{episode}/steps/0/action", Act($"e7-{i}"), $"{episode}-0");
            await api.GetAsync("POST", $"{episode}/steps/0/outcome", Outcome("e7-next"), $"{episode}-1");
            await api.GetAsync("POST", $"{episode}/steps/1/action", Act("e7-next"), $"{episode}-2");
            var visits = $"select coalesce(sum(visit_count), 0) from q_values where state_hash = 'e7-{i}'";
            Assert.Equal(1, await server.Database.QueryAsync<long>(visits));
        }
    }

    [Fact]
    public async Task A_lost_episode_is_told_and_comes_back_with_what_its_caller_remembers()
    {
        using var api = server.Api;
        var episode = await BeginAsync(api, "http-4");
        await api.GetAsync("POST", $"{episode}/steps/0/action", Act("e4-0"));
        await api.GetAsync("POST", $"{episode}/steps/0/outcome", Outcome("e4-1"));
        await api.GetAsync("POST", $"{episode}/steps/1/action", Act("e4-1"));
        // Another episode takes its place, as if its silo had gone; nobody has learned the second step of the first one.
        await api.GetAsync("POST", $"{await BeginAsync(api, "http-4")}/steps/0/action", Act("e4-9"));
        (await api.SendAsync("POST", $"{episode}/steps/1/outcome", Outcome("e4-2", isDone: true)))
            .IsProblem(HttpStatusCode.Conflict, "episode-lost");
        const string Memory = """
            {"startedAt":"2026-01-31T12:00:00Z","steps":[{"state":"e4-0","action":"scan","reward":1,"nextState":"e4-1"}],
            "acting":{"state":"e4-1","action":"scan"}}
            """;
        await api.GetAsync("POST", $"{episode}/restore", Memory);
        await api.GetAsync("POST", $"{episode}/restore", Memory);
        var ended = await api.GetAsync("POST", $"{episode}/steps/1/outcome", Outcome("e4-2", isDone: true));
        Assert.Equal(2, ended.GetProperty("trajectory").GetProperty("steps").GetInt32());
        Assert.Equal(1, await api.VisitsAsync("coverage-analyzer", "e4-0"));
        Assert.Equal(1, await api.VisitsAsync("coverage-analyzer", "e4-1"));
    }

    [Fact]
    public async Task A_step_that_was_lost_with_its_owner_is_learned_when_the_episode_comes_back()
    {
        using var api = server.Api;
        var episode = $"{Type}/agents/http-5/episodes/{Guid.NewGuid()}";
        const string Memory = """
            {"startedAt":"2026-01-31T12:00:00Z","steps":[{"state":"e5-0","action":"scan","reward":1,"nextState":"e5-1"}]}
            """;
        await api.GetAsync("POST", $"{episode}/restore", Memory);
        Assert.Equal(1, await api.VisitsAsync("coverage-analyzer", "e5-0"));
        await api.GetAsync("POST", $"{episode}/steps/1/action", Act("e5-1"));
    }

    [Fact]
    public async Task An_episode_that_may_not_come_back_teaches_nothing()
    {
        using var api = server.Api;
        var episode = await BeginAsync(api, "http-6");
        const string Start = "{\"startedAt\":\"2026-01-31T12:00:00Z\",";
        const string Steps = "\"steps\":[{\"state\":\"e6-0\",\"action\":\"scan\",\"reward\":1,\"nextState\":\"e6-1\"}]}";
        (await api.SendAsync("POST", $"{episode}/restore", $"{Start}\"taskId\":\"{new string('t', 5000)}\",{Steps}"))
            .IsProblem(HttpStatusCode.BadRequest, "invalid-input");
        await api.GetAsync("PUT", $"{Type}/agents/http-6", "{}");
        await api.GetAsync("POST", $"{Type}/agents/http-6/pause");
        (await api.SendAsync("POST", $"{episode}/restore", Start + Steps)).IsProblem(HttpStatusCode.Conflict, "agent-state");
        Assert.Equal(0, await api.VisitsAsync("coverage-analyzer", "e6-0"));
    }

    [Fact]
    public async Task An_episode_that_has_ended_does_not_begin_again_not_even_as_another_agents()
    {
        using var api = server.Api;
        var episode = await BeginAsync(api, "http-8");
        await api.GetAsync("POST", $"{episode}/steps/0/action", Act("e8-0"));
        await api.GetAsync("POST", $"{episode}/steps/0/outcome", Outcome("e8-1", isDone: true));
        foreach (var again in new[] { episode, episode.Replace("http-8", "http-9", StringComparison.Ordinal) })
        {
            var refused = await api.SendAsync("POST", $"{again}/steps/0/action", Act("e8-0"));
            refused.IsProblem(HttpStatusCode.Conflict, "agent-state");
            Assert.Contains("a new id for each episode", refused.Text, StringComparison.Ordinal);
        }

        // Nor after others, when the grain does not remember it.
        await api.GetAsync("POST", $"{await BeginAsync(api, "http-8")}/steps/0/action", Act("e8-2"));
        (await api.SendAsync("POST", $"{episode}/steps/0/action", Act("e8-0"))).IsProblem(HttpStatusCode.Conflict, "agent-state");
        Assert.Equal(0, await server.Database.QueryAsync<long>("select count(*) from agent_states where agent_instance_id = 'http-9'"));
        Assert.Equal(1, await api.VisitsAsync("coverage-analyzer", "e8-0"));
    }

    [Theory]
    [InlineData("http-10", false)]
    [InlineData("http-11", true)]
    public async Task An_episode_that_was_lost_after_a_step_was_learned_is_not_begun_again(string agent, bool isOtherAgent)
    {
        using var api = server.Api;
        var episode = await BeginAsync(api, agent);
        await api.GetAsync("POST", $"{episode}/steps/0/action", Act($"{agent}-0"));
        await api.GetAsync("POST", $"{episode}/steps/0/outcome", Outcome($"{agent}-1"), $"{agent}-key");
        // Another episode takes its place, as if its silo had gone.
        await api.GetAsync("POST", $"{await BeginAsync(api, agent)}/steps/0/action", Act($"{agent}-9"));
        var again = isOtherAgent ? episode.Replace(agent, $"{agent}-b", StringComparison.Ordinal) : episode;

        var refused = await api.SendAsync("POST", $"{again}/steps/0/action", Act($"{agent}-0"));

        refused.IsProblem(HttpStatusCode.Conflict, "agent-state");
        Assert.Contains("of which steps may have been learned", refused.Text, StringComparison.Ordinal);
        Assert.Equal(1, await api.VisitsAsync("coverage-analyzer", $"{agent}-0"));
    }

    [Fact]
    public async Task An_episode_that_was_lost_before_anything_was_learned_is_begun_again()
    {
        using var api = server.Api;
        var episode = await BeginAsync(api, "http-12");
        await api.GetAsync("POST", $"{episode}/steps/0/action", Act("lost-12-0"));
        await api.GetAsync("POST", $"{await BeginAsync(api, "http-12")}/steps/0/action", Act("lost-12-9"));

        await api.GetAsync("POST", $"{episode}/steps/0/action", Act("lost-12-0"));
        await api.GetAsync("POST", $"{episode}/steps/0/outcome", Outcome("lost-12-1", isDone: true));

        Assert.Equal(1, await api.VisitsAsync("coverage-analyzer", "lost-12-0"));
    }

    [Fact]
    public async Task An_episode_that_began_far_in_the_future_is_refused_and_teaches_nothing()
    {
        using var api = server.Api;
        var episode = await BeginAsync(api, "http-10");
        (await api.SendAsync("POST", $"{episode}/restore", """
            {"startedAt":"2999-01-31T12:00:00Z","steps":[{"state":"e10-0","action":"scan","reward":1,"nextState":"e10-1"}]}
            """)).IsProblem(HttpStatusCode.BadRequest, "invalid-input");
        var refused = await api.SendAsync("POST", $"{Type}/trajectories", """
            {"trajectories":[{"taskId":"t","startedAt":"2999-01-31T12:00:00Z","steps":[{"state":"e10-0","action":"scan","reward":1}],
            "finalState":"e10-1","success":true,"executionMilliseconds":5}]}
            """);
        refused.IsProblem(HttpStatusCode.BadRequest, "invalid-input");
        Assert.Contains("at most 24 hours from now", refused.Text, StringComparison.Ordinal);
        Assert.Equal(0, await api.VisitsAsync("coverage-analyzer", "e10-0"));
    }

    [Fact]
    public async Task A_step_that_is_chosen_again_says_what_it_replaced_and_takes_no_outcome_of_that()
    {
        using var api = server.Api;
        var episode = await BeginAsync(api, "http-12");
        var first = await api.GetAsync("POST", $"{episode}/steps/0/action", """{"state":"again-0","candidates":["first"]}""");
        Assert.Equal(JsonValueKind.Null, first.GetProperty("replaced").ValueKind);
        var second = await api.GetAsync("POST", $"{episode}/steps/0/action", """{"state":"again-0","candidates":["second"]}""");
        Assert.Equal("first", second.GetProperty("replaced").GetProperty("key").GetString());

        foreach (var (named, wrong) in new[]
        {
            (""" "action":"first" """, "first"),
            (""" "state":"again-0","action":{"kind":"second"} """, ActionKey.FromJson("""{"kind":"second"}""").ToString()),
            (""" "state":"again-1","action":"second" """, "again-1"),
        })
        {
            var refused = await api.SendAsync(
                "POST", $"{episode}/steps/0/outcome", $$"""{"reward":1,"nextState":"again-2","done":true,{{named}}}""");
            refused.IsProblem(HttpStatusCode.Conflict, "agent-state");
            Assert.Contains($"'{wrong}'", refused.Text, StringComparison.Ordinal);
        }

        Assert.Equal(0, await api.VisitsAsync("coverage-analyzer", "again-0"));
        await api.GetAsync(
            "POST", $"{episode}/steps/0/outcome",
            """{"reward":1,"nextState":"again-2","done":true,"state":"again-0","action":"second"}""");
        Assert.Equal(1, await api.VisitsAsync("coverage-analyzer", "again-0"));
    }

    [Theory]
    [InlineData("qLearning")]
    [InlineData("sarsa")]
    public async Task A_later_step_that_is_chosen_again_is_answered_alike_and_otherwise_chosen_anew(string rule)
    {
        using var api = server.Api;
        var type = $"http-again-{rule.ToLowerInvariant()}";
        await api.GetAsync(
            "POST", "/v1/agent-types", $$"""{"agentType":"{{type}}","displayName":"Again","settings":{"learningRule":"{{rule}}"} }""");
        var episode = $"/v1/agent-types/{type}/agents/a-1/episodes/{Guid.NewGuid()}";
        await api.GetAsync("POST", $"{episode}/steps/0/action", Act("e11-0"));
        await api.GetAsync("POST", $"{episode}/steps/0/outcome", Outcome("e11-1"));
        const string Two = """{"state":"e11-1","candidates":["a","b"]}""";
        var first = await ChooseAsync(Two);
        for (var tries = 0; tries < 8; tries++)
        {
            Assert.Equal(first, await ChooseAsync(Two));
        }

        Assert.Equal(("c", first.Action), await ChooseAsync("""{"state":"e11-1","candidates":["c"]}"""));
        // SARSA has learned the step before with the first choice: then another state may follow.
        Assert.Equal(("c", "c"), await ChooseAsync("""{"state":"e11-2","candidates":["c"]}"""));
        var ended = await api.GetAsync("POST", $"{episode}/steps/1/outcome", Outcome("e11-3", isDone: true));
        Assert.Equal(2, ended.GetProperty("trajectory").GetProperty("steps").GetInt32());
        Assert.Equal("e11-0 scan 1,e11-2 c 1", await server.Database.QueryAsync<string>($"""
            select string_agg(concat_ws(' ', state_hash, action_hash, visit_count), ',' order by state_hash)
            from q_values where agent_type = '{type}'
            """));

        async Task<(string? Action, string? Replaced)> ChooseAsync(string body)
        {
            var chosen = await api.GetAsync("POST", $"{episode}/steps/1/action", body);
            var replaced = chosen.GetProperty("replaced");
            return (
                chosen.GetProperty("action").GetProperty("key").GetString(),
                replaced.ValueKind == JsonValueKind.Null ? null : replaced.GetProperty("key").GetString());
        }
    }

    [Fact]
    public async Task Agents_of_a_type_can_act_as_soon_as_it_is_added()
    {
        using var api = server.Api;
        for (var i = 0; i < 3; i++)
        {
            await api.GetAsync("POST", "/v1/agent-types", $$"""{"agentType":"http-new-{{i}}","displayName":"New"}""");
            await api.GetAsync("POST", $"/v1/agent-types/http-new-{i}/agents/a-1/episodes/{Guid.NewGuid()}/steps/0/action", Act("e13"));
        }
    }

    [Fact]
    public async Task A_restored_step_that_is_reported_again_as_the_last_one_is_refused()
    {
        using var api = server.Api;
        var episode = $"{Type}/agents/http-12/episodes/{Guid.NewGuid()}";
        await api.GetAsync("POST", $"{episode}/restore", """
            {"startedAt":"2026-01-31T12:00:00Z","steps":[{"state":"e12-0","action":"scan","reward":1,"nextState":"e12-1"}]}
            """);
        (await api.SendAsync("POST", $"{episode}/steps/0/outcome", Outcome("e12-1", isDone: true)))
            .IsProblem(HttpStatusCode.Conflict, "agent-state");
        await api.GetAsync("POST", $"{episode}/steps/0/outcome", Outcome("e12-1"));
        await api.GetAsync("POST", $"{episode}/steps/1/action", Act("e12-1"));
        var ended = await api.GetAsync("POST", $"{episode}/steps/1/outcome", Outcome("e12-2", isDone: true));
        Assert.Equal(2, ended.GetProperty("trajectory").GetProperty("steps").GetInt32());
    }

    private static async Task<string> BeginAsync(Api api, string agent)
    {
        var begun = await api.GetAsync("POST", $"{Type}/agents/{agent}/episodes");
        return $"{Type}/agents/{agent}/episodes/{begun.GetProperty("episodeId").GetString()}";
    }

    private static string Act(string state) => $"{{\"state\":\"{state}\",\"candidates\":[\"scan\"]}}";

    private static string Outcome(string next, bool isDone = false) =>
        $"{{\"reward\":1,\"nextState\":\"{next}\",\"done\":{(isDone ? "true" : "false")}}}";
}
