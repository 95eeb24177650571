namespace QLearning.Mcp.Tests;

/// <summary>The loop of an agent: it is learned in PostgreSQL, each step once.</summary>
[Collection(ServerTests.Name)]
public sealed class LoopTests(ServerFixture server)
{
    private const string Type = "test-generator";

    private static readonly string[] _candidates = ["unit", """{"kind": "property", "runs": 100}"""];

    public static TheoryData<string> Versions => Fixtures.Mcp.Versions;

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task An_episode_is_learned_in_PostgreSQL_each_step_once_and_its_pattern_is_credited_once(string version)
    {
        await using var client = await Fixtures.Mcp.ConnectAsync(server.Url, version);
        var agent = $"loop-{version}";
        var pattern = await client.AskAsync("qlearning_store_pattern", new
        {
            agentType = Type,
            name = $"retry {version}",
            type = "test_template",
            data = """{"times": 3}""",
        });
        var patternId = pattern.GetProperty("id").GetString()!;

        var first = await client.AskAsync(
            "qlearning_select_action", new { agentType = Type, agent, state = State(version, 0), candidates = _candidates });
        var episode = first.GetProperty("episode").GetString();
        var going = Outcome(agent, episode, 0, 0.25, "continues", State(version, 1));
        for (var tries = 0; tries < 2; tries++)
        {
            Assert.Equal(1, (await client.AskAsync("qlearning_record_outcome", going)).GetProperty("nextStep").GetInt32());
        }

        var second = await client.AskAsync("qlearning_select_action", new
        {
            agentType = Type,
            agent,
            state = State(version, 1),
            candidates = _candidates,
            episode,
            step = 1,
        });
        var done = Outcome(agent, episode, 1, 1, "done", patternsUsed: patternId);
        for (var tries = 0; tries < 2; tries++)
        {
            var ended = await client.AskAsync("qlearning_record_outcome", done);
            Assert.Equal(1.25, ended.GetProperty("totalReward").GetDouble());
            Assert.Equal(JsonValueKind.Null, ended.GetProperty("nextStep").ValueKind);
        }

        Assert.Equal(1, await server.Database.QueryAsync<long>(
            $"select count(*) from trajectories where trajectory_id = '{episode}' and jsonb_array_length(step_rewards) = 2"));
        await VisitedOnceAsync(State(version, 0), first);
        await VisitedOnceAsync(State(version, 1), second);
        var found = await client.AskAsync("qlearning_search_patterns", new { agentType = Type, name = $"retry {version}" });
        Assert.Equal(1, found.GetProperty("patterns")[0].GetProperty("usageCount").GetInt32());

        var best = await client.AskAsync("qlearning_best_action", new { agentType = Type, state = State(version, 1) });
        Assert.Equal(second.GetProperty("action").GetString(), best.GetProperty("action").GetString());
        Assert.Single((await client.AskAsync("qlearning_q_values", new { agentType = Type, state = State(version, 1) }))
            .GetProperty("actions").EnumerateArray());
        var status = await client.AskAsync("qlearning_agent_status", new { agentType = Type, agent });
        Assert.Equal(1, status.GetProperty("agents")[0].GetProperty("succeeded").GetInt32());
    }

    [Fact]
    public async Task An_outcome_of_an_episode_that_is_gone_is_learned_once_by_the_state_and_action_it_is_for()
    {
        await using var client = await Fixtures.Mcp.ConnectAsync(server.Url, Fixtures.Mcp.Newest);
        var first = await client.AskAsync(
            "qlearning_select_action", new { agentType = Type, agent = "gone", state = "gone-0", candidates = _candidates });
        // Another episode takes its place, as if its silo had gone.
        var other = await client.AskAsync(
            "qlearning_select_action", new { agentType = Type, agent = "gone", state = "gone-1", candidates = _candidates });
        var episode = first.GetProperty("episode").GetString();
        var bare = Outcome("gone", episode, 0, 1, "done");
        Assert.Contains("'state' and 'action'", await client.RefusalAsync("qlearning_record_outcome", bare), StringComparison.Ordinal);

        var whole = Outcome("gone", episode, 0, 1, "done", state: "gone-0", action: first.GetProperty("action").GetString());
        for (var tries = 0; tries < 2; tries++)
        {
            var learned = await client.AskAsync("qlearning_record_outcome", whole);
            Assert.Equal(1, learned.GetProperty("visitCount").GetInt32());
            Assert.NotNull(learned.GetProperty("note").GetString());
        }

        // The one that runs is not disturbed.
        var running = Outcome("gone", other.GetProperty("episode").GetString(), 0, 1, "done");
        Assert.Equal(1, (await client.AskAsync("qlearning_record_outcome", running)).GetProperty("totalReward").GetDouble());
    }

    [Fact]
    public async Task A_step_that_is_chosen_again_says_what_it_replaced_and_takes_no_outcome_of_that()
    {
        await using var client = await Fixtures.Mcp.ConnectAsync(server.Url, Fixtures.Mcp.Newest);
        const string Agent = "twice";
        var first = await ChooseAsync(client, Agent, "twice-0", ["first"]);
        Assert.Equal(JsonValueKind.Null, first.GetProperty("replaced").ValueKind);
        var episode = first.GetProperty("episode").GetString();
        var second = await ChooseAsync(client, Agent, "twice-0", ["""{"kind": "second"}"""], episode);
        Assert.Equal("first", second.GetProperty("replaced").GetString());

        var newest = second.GetProperty("action").GetString();
        foreach (var (state, action) in new[] { ("twice-0", "first"), (null, "first"), ("twice-1", newest) })
        {
            var refusal = await client.RefusalAsync(
                "qlearning_record_outcome", Outcome(Agent, episode, 0, 1, "done", state: state, action: action));
            Assert.Contains($"'{(action == newest ? state : action)}'", refusal, StringComparison.Ordinal);
        }

        Assert.Equal(0, await VisitsAsync("twice-0"));
        var right = Outcome(Agent, episode, 0, 1, "done", state: "twice-0", action: newest);
        Assert.Equal(1, (await client.AskAsync("qlearning_record_outcome", right)).GetProperty("totalReward").GetDouble());

        // Nor afterwards, when the answer of the other would be taken for its own.
        await client.RefusalAsync(
            "qlearning_record_outcome", Outcome(Agent, episode, 0, 1, "done", state: "twice-0", action: "first"));
        Assert.Equal(1, await VisitsAsync("twice-0"));
    }

    [Fact]
    public async Task An_action_that_SQL_programs_gave_a_key_and_a_description_is_named_by_its_key_and_stays_one()
    {
        await using var client = await Fixtures.Mcp.ConnectAsync(server.Url, Fixtures.Mcp.Newest);
        const string Agent = "keyed";
        await server.Database.QueryAsync<long>($$"""select upsert_q_value('{{Type}}', 'keyed', '1', 'kk', '{"v": 1}', 5)""");
        var best = default(JsonElement);
        await Eventually.Holds(
            async () =>
            {
                best = await client.AskAsync("qlearning_best_action", new { agentType = Type, state = "keyed" });
                return best.GetProperty("action").ValueKind == JsonValueKind.String;
            },
            "what SQL wrote is known");
        Assert.Equal(("kk", """{"v": 1}"""), (best.GetProperty("action").GetString(), best.GetProperty("description").GetString()));
        var known = (await client.AskAsync("qlearning_q_values", new { agentType = Type, state = "keyed" })).GetProperty("actions")[0];
        Assert.Equal(("kk", """{"v": 1}"""), (known.GetProperty("action").GetString(), known.GetProperty("description").GetString()));

        foreach (var candidates in new string[][] { ["kk"], [] })
        {
            var chosen = await ChooseAsync(client, Agent, "keyed", candidates);
            Assert.Equal(("kk", 5), (chosen.GetProperty("action").GetString(), chosen.GetProperty("qValue").GetDouble()));
        }

        // Also once its episode is gone: another one takes its place.
        var episode = (await ChooseAsync(client, Agent, "keyed", [])).GetProperty("episode").GetString();
        var other = await ChooseAsync(client, Agent, "keyed-1", ["plain"]);
        Assert.Equal(JsonValueKind.Null, other.GetProperty("description").ValueKind);
        var learned = await client.AskAsync(
            "qlearning_record_outcome", Outcome(Agent, episode, 0, 1, "done", state: "keyed", action: "kk"));
        Assert.NotNull(learned.GetProperty("note").GetString());
        Assert.Equal("""kk {"v": 1} 2""", await server.Database.QueryAsync<string>(
            "select string_agg(concat_ws(' ', action_hash, action_data, visit_count), ',') from q_values where state_hash = 'keyed'"));
    }

    [Fact]
    public async Task An_outcome_that_was_cut_is_learned_with_what_its_next_state_is_worth_and_ends_the_episode()
    {
        await using var client = await Fixtures.Mcp.ConnectAsync(server.Url, Fixtures.Mcp.Newest);
        const string Agent = "cut";
        // α 0.1, γ 0.95: the next state is worth 100.
        var last = (await ChooseAsync(client, Agent, "cut-1", ["go"])).GetProperty("episode").GetString();
        await client.AskAsync("qlearning_record_outcome", Outcome(Agent, last, 0, 1_000, "done"));

        var episode = (await ChooseAsync(client, Agent, "cut-0", ["go"])).GetProperty("episode").GetString();
        var refusal = await client.RefusalAsync("qlearning_record_outcome", Outcome(Agent, episode, 0, 1, "truncated"));
        Assert.Contains("'nextState'", refusal, StringComparison.Ordinal);
        var ended = await client.AskAsync("qlearning_record_outcome", Outcome(Agent, episode, 0, 1, "truncated", nextState: "cut-1"));

        Assert.Equal(9.6, ended.GetProperty("qValue").GetDouble(), 9);
        Assert.Equal(1, ended.GetProperty("totalReward").GetDouble());
        Assert.Equal(JsonValueKind.Null, ended.GetProperty("nextStep").ValueKind);
        Assert.Equal("true", await server.Database.QueryAsync<string>(
            $"select metadata ->> 'truncated' from trajectories where trajectory_id = '{episode}'"));
    }

    [Fact]
    public async Task A_later_step_is_chosen_anew_for_other_candidates()
    {
        await using var client = await Fixtures.Mcp.ConnectAsync(server.Url, Fixtures.Mcp.Newest);
        const string Agent = "later";
        var episode = (await ChooseAsync(client, Agent, "later-0", ["a"])).GetProperty("episode").GetString();
        await client.AskAsync("qlearning_record_outcome", Outcome(Agent, episode, 0, 1, "continues", "later-1"));
        var first = await ChooseAsync(client, Agent, "later-1", ["a"], episode, 1);
        var second = await ChooseAsync(client, Agent, "later-1", ["c"], episode, 1);
        Assert.Equal(("a", "c"), (first.GetProperty("action").GetString(), second.GetProperty("action").GetString()));
        Assert.Equal("a", second.GetProperty("replaced").GetString());
        var ended = await client.AskAsync(
            "qlearning_record_outcome", Outcome(Agent, episode, 1, 1, "done", state: "later-1", action: "c"));
        Assert.Equal(2, ended.GetProperty("totalReward").GetDouble());
    }

    [Fact]
    public async Task SARSA_learns_an_outcome_that_goes_on_of_an_episode_that_is_gone()
    {
        const string Sarsa = "mcp-sarsa";
        await AddSarsaTypeAsync(Sarsa);
        await using var client = await Fixtures.Mcp.ConnectAsync(server.Url, Fixtures.Mcp.Newest);
        var choice = new { agentType = Sarsa, agent = "gone", state = "sarsa-0", candidates = new[] { "a" } };
        var first = await client.AskAsync("qlearning_select_action", choice);
        // Another episode takes its place, as if its silo had gone.
        await client.AskAsync("qlearning_select_action", choice);
        var whole = Outcome("gone", first.GetProperty("episode").GetString(), 0, 1, "continues", "sarsa-1", null, "sarsa-0", "a");
        whole["agentType"] = Sarsa;
        for (var tries = 0; tries < 2; tries++)
        {
            var learned = await client.AskAsync("qlearning_record_outcome", whole);
            Assert.Equal(1, learned.GetProperty("visitCount").GetInt32());
            Assert.NotNull(learned.GetProperty("note").GetString());
        }

        Assert.Equal(1, await VisitsAsync("sarsa-0"));
    }

    [Fact]
    public async Task An_outcome_that_SARSA_learns_with_the_next_choice_is_in_PostgreSQL_when_that_is_answered()
    {
        const string Sarsa = "mcp-sarsa-durable";
        await AddSarsaTypeAsync(Sarsa);
        await using var client = await Fixtures.Mcp.ConnectAsync(server.Url, Fixtures.Mcp.Newest);
        for (var i = 0; i < 10; i++)
        {
            var candidates = new[] { "a" };
            var first = await client.AskAsync(
                "qlearning_select_action", new { agentType = Sarsa, agent = "durable", state = $"d-{i}", candidates });
            var episode = first.GetProperty("episode").GetString();
            var going = Outcome("durable", episode, 0, 1, "continues", "next");
            going["agentType"] = Sarsa;
            await client.AskAsync("qlearning_record_outcome", going);
            await client.AskAsync(
                "qlearning_select_action", new { agentType = Sarsa, agent = "durable", state = "next", candidates, episode, step = 1 });

            Assert.Equal(1, await VisitsAsync($"d-{i}"));
        }
    }

    private Task<int> AddSarsaTypeAsync(string name) => server.Database.ExecuteInAsync($$"""
        insert into agent_types (agent_type, display_name, metadata) values ('{{name}}', 'SARSA', '{"learningRule": "sarsa"}')
        """);

    private static Task<JsonElement> ChooseAsync(
        McpClient client, string agent, string state, string[] candidates, string? episode = null, int step = 0) =>
        client.AskAsync(
            "qlearning_select_action",
            episode is null
                ? new { agentType = Type, agent, state, candidates }
                : new { agentType = Type, agent, state, candidates, episode, step });

    private static string State(string version, int step) => $"loop-{version}-{step}";

    private static Dictionary<string, object> Outcome(
        string agent, string? episode, int step, double reward, string ending, string? nextState = null, string? patternsUsed = null,
        string? state = null, string? action = null)
    {
        var all = new Dictionary<string, object?>
        {
            ["agentType"] = Type,
            ["agent"] = agent,
            ["episode"] = episode,
            ["step"] = step,
            ["reward"] = reward,
            ["ending"] = ending,
            ["nextState"] = nextState,
            ["patternsUsed"] = patternsUsed is null ? null : new[] { patternsUsed },
            ["state"] = state,
            ["action"] = action,
        };
        return all.Where(one => one.Value is not null).ToDictionary(one => one.Key, one => one.Value!);
    }

    private async Task VisitedOnceAsync(string state, JsonElement chosen)
    {
        Assert.Contains(chosen.GetProperty("action").GetString(), _candidates);
        Assert.Equal(1, await VisitsAsync(state));
    }

    private Task<long> VisitsAsync(string state) => server.Database.QueryAsync<long>(
        $"select coalesce(sum(visit_count), 0) from q_values where state_hash = '{state}'");
}
