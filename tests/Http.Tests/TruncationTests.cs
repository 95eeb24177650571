namespace QLearning.Http.Tests;

/// <summary>
/// A step at which a limit cut the episode is learned with the value of the next state: α 0.1, γ 0.95, reward 1 and a next state worth 100
/// move a Q-value of 0 to 9.6, and at the end of a task to 0.1.
/// </summary>
[Collection(ServerTests.Name)]
public sealed class TruncationTests(ServerFixture server)
{
    private const string Type = "/v1/agent-types/performance-tester";
    private const double Cut = 9.6;
    private const double Over = 0.1;

    [Theory]
    [InlineData("learn", "\"truncated\":true", Cut)]
    [InlineData("done", "\"done\":true", Over)]
    [InlineData("both", "\"truncated\":true,\"done\":true", Over)]
    public async Task A_step_that_was_cut_is_learned_with_what_its_next_state_is_worth(string name, string ending, double expected)
    {
        using var api = server.Api;
        await TeachAsync(api, $"cut-{name}-1");
        var learned = await api.GetAsync(
            "POST", $"{Type}/learn",
            $$"""{"state":"cut-{{name}}-0","action":"scan","reward":1,"nextState":"cut-{{name}}-1",{{ending}}}""");
        Assert.Equal(expected, learned.GetProperty("qValue").GetDouble(), 9);
    }

    [Fact]
    public async Task A_step_that_was_cut_needs_its_next_state()
    {
        using var api = server.Api;
        (await api.SendAsync("POST", $"{Type}/learn", """{"state":"cut-none","action":"scan","reward":1,"truncated":true}"""))
            .IsProblem(HttpStatusCode.BadRequest, "invalid-input");
        Assert.Equal(0, await api.VisitsAsync("performance-tester", "cut-none"));
    }

    [Fact]
    public async Task An_outcome_that_was_cut_ends_the_episode_and_its_trajectory_says_so()
    {
        using var api = server.Api;
        await TeachAsync(api, "cut-outcome-1");
        const string Agent = $"{Type}/agents/cut";
        var episode = (await api.GetAsync("POST", $"{Agent}/episodes")).GetProperty("episodeId").GetString();
        await api.GetAsync(
            "POST", $"{Agent}/episodes/{episode}/steps/0/action", """{"state":"cut-outcome-0","candidates":["scan"]}""");
        var outcome = await api.GetAsync(
            "POST", $"{Agent}/episodes/{episode}/steps/0/outcome", """{"reward":1,"nextState":"cut-outcome-1","truncated":true}""");
        Assert.Equal(Cut, outcome.GetProperty("learned").GetProperty("qValue").GetDouble(), 9);
        Assert.Equal(JsonValueKind.Null, outcome.GetProperty("nextStep").ValueKind);
        Assert.Equal(episode, outcome.GetProperty("trajectory").GetProperty("id").GetString());

        var stored = (await api.GetAsync("GET", $"{Type}/trajectories?agent=cut")).GetProperty("trajectories")[0];
        Assert.True(stored.GetProperty("truncated").GetBoolean());
        Assert.True(stored.GetProperty("metadata").GetProperty("truncated").GetBoolean());
    }

    [Fact]
    public async Task A_trajectory_that_is_recorded_as_cut_is_listed_as_cut()
    {
        using var api = server.Api;
        await api.GetAsync("POST", $"{Type}/trajectories", """
            {"trajectories":[
                {"taskId":"cut-one","startedAt":"2026-01-31T12:00:00Z","steps":[{"state":"cut-t","action":"scan","reward":1}],
                 "finalState":"cut-t-1","success":true,"truncated":true},
                {"taskId":"cut-other","startedAt":"2026-01-31T12:00:00Z","steps":[{"state":"cut-t","action":"scan","reward":1}],
                 "finalState":"cut-t-1","success":true}]}
            """);
        foreach (var (task, isCut) in new[] { ("cut-one", true), ("cut-other", false) })
        {
            var listed = (await api.GetAsync("GET", $"{Type}/trajectories?task={task}")).GetProperty("trajectories")[0];
            Assert.Equal((task, isCut), (listed.GetProperty("taskId").GetString(), listed.GetProperty("truncated").GetBoolean()));
        }
    }

    // A step of size 0.1 to 1000.
    private static Task<JsonElement> TeachAsync(Api api, string state) => api.GetAsync(
        "POST", $"{Type}/learn", $$"""{"state":"{{state}}","action":"scan","reward":1000,"done":true}""");
}
