namespace QLearning.Client.Tests.QTables;

/// <summary>What a client asks for crosses to the silo and back whole: values, order and errors.</summary>
public sealed class AgentTypeClientTests(ClusterFixture cluster) : IClassFixture<ClusterFixture>, IAsyncLifetime
{
    private QLearningClient? _client;

    private QLearningClient Client => _client!;

    public async Task InitializeAsync() => _client = await cluster.ConnectAsync();

    public async Task DisposeAsync() => await Client.DisposeAsync();

    [Fact]
    public async Task The_agent_types_are_listed()
    {
        var types = await Client.GetAgentTypesAsync();
        Assert.Equal(18, types.Length);
        Assert.Contains(("test-generator", 0.1), types.Select(type => (type.AgentType, type.LearningRate)));
    }

    [Fact]
    public async Task No_list_at_all_is_an_argument_that_is_null_and_no_message_at_all_is_refused()
    {
        var (type, patterns) = (Client.AgentType("test-generator"), Client.Patterns("test-generator"));
        Func<Task>[] lists =
        [
            () => type.GetBestActionsAsync(null!),
            () => type.GetQValuesAsync((IEnumerable<StateKey>)null!),
            () => type.LearnAsync((IEnumerable<Transition>)null!),
            () => type.UpsertAsync(null!),
            () => type.RecordTrajectoriesAsync(null!),
            () => type.RecordRewardsAsync(null!),
            () => type.GetTrajectoriesAsync(null!),
            () => patterns.RecordUsesAsync(null!),
        ];
        foreach (var call in lists)
        {
            await Assert.ThrowsAsync<ArgumentNullException>(call);
        }

        Func<Task>[] messages =
        [
            () => type.LearnAsync((Transition)null!),
            () => Client.Sessions.StartAsync((SessionStart)null!),
            () => Client.AgentTypes.AddAsync(null!),
            () => Client.AgentTypes.GetAsync(null!),
            () => patterns.StoreAsync(null!),
            () => patterns.GetAsync((string)null!),
            () => patterns.SearchAsync((PatternQuery)null!),
            () => Client.Agent("test-generator", "nobody").ReportErrorAsync(null!),
        ];
        foreach (var call in messages)
        {
            await Assert.ThrowsAsync<InvalidInputException>(call);
        }
    }

    [Fact]
    public async Task One_update_of_Q_learning_moves_10_to_15_9()
    {
        var type = Client.AgentType("test-generator");
        await type.UpsertAsync([Given.Value("s", "a", 10), Given.Value("next", "b", 20)]);
        var result = await type.LearnAsync(
            Given.Last("s", "a", 50) with { Done = false, NextState = State.FromKey("next") }, WriteMode.Durable);
        Assert.Equal((15.9, 2), (Math.Round(result.QValue, 9), result.VisitCount));
        Assert.Equal(3, await cluster.VisitsAsync("test-generator"));
    }

    [Fact]
    public async Task Reads_answer_what_was_learned()
    {
        var type = Client.AgentType("test-executor");
        var results = await type.LearnAsync([Given.Last("s", "run", 10), Given.Last("t", "run", 20), Given.Last("s", "wait", 5)]);
        Assert.Equal([1, 2, 0.5], results.Select(result => result.QValue));
        Assert.Equal(new BestAction(ActionKey.Parse("run"), "\"run\"", 1, 0.5, 1), await type.GetBestActionAsync(Given.State("s")));
        Assert.Null(await type.GetBestActionAsync(Given.State("unknown")));
        Assert.Equal(
            [2, null, 1],
            (await type.GetBestActionsAsync([Given.State("t"), Given.State("unknown"), Given.State("s")])).Select(best => best?.QValue));
        Assert.Equal(["run", "wait"], (await type.GetQValuesAsync(Given.State("s"))).Select(value => value.Action.ToString()));
        Assert.Equal([0, 2], (await type.GetQValuesAsync([Given.State("unknown"), Given.State("s")])).Select(values => values.Length));
    }

    [Fact]
    public async Task Actions_are_chosen_by_the_policy()
    {
        var type = Client.AgentType("coverage-analyzer");
        await type.UpsertAsync([Given.Value("s", "good", 1), Given.Value("s", "bad", -1)]);
        var chosen = await type.SelectActionAsync(Given.State("s"), explorationRate: 0);
        Assert.Equal(new SelectedAction(AgentAction.Named("good"), 1, Explored: false, Propensity: 1), chosen);
        var among = await type.SelectActionAsync(
            Given.State("s"), [AgentAction.Named("bad"), AgentAction.Named("new")], explorationRate: 0);
        Assert.Equal(("new", 0), (among.Action.Key.ToString(), among.QValue));
    }

    [Fact]
    public async Task Flush_makes_durable_and_statistics_count()
    {
        var type = Client.AgentType("quality-gate");
        await type.LearnAsync(Enumerable.Range(0, 100).Select(i => Given.Last($"s{i}", "a", 1)), WriteMode.WriteBehind);
        await type.FlushAsync();
        Assert.Equal(100, await cluster.VisitsAsync("quality-gate"));
        var statistics = await type.GetStatisticsAsync();
        Assert.Equal(("quality-gate", 100, 100L, 0), (statistics.AgentType, statistics.States, statistics.Updates, statistics.Backlog));
    }

    [Fact]
    public async Task Episodes_are_stored_once_however_often_they_are_sent()
    {
        var type = Client.AgentType("visual-tester");
        var episode = new Trajectory
        {
            TaskId = "task",
            Steps = [new TrajectoryStep(State.FromKey("s"), AgentAction.Named("a"), 1)],
            FinalState = State.FromKey("end"),
            Success = true,
            StartedAt = new DateTimeOffset(2026, 8, 1, 12, 0, 0, TimeSpan.Zero),
        };
        await type.RecordTrajectoriesAsync([episode]);
        await type.RecordTrajectoriesAsync([episode]);
        Assert.Equal(1, await cluster.Database.QueryAsync<long>("select count(*) from trajectories where agent_type = 'visual-tester'"));
    }

    [Fact]
    public async Task Errors_of_the_grain_arrive_with_their_type_and_message()
    {
        var unknown = await Assert.ThrowsAsync<UnknownAgentTypeException>(() => Client.AgentType("no-such-type").GetStatisticsAsync());
        Assert.Contains("'no-such-type' is not registered", unknown.Message, StringComparison.Ordinal);
        var invalid = await Assert.ThrowsAsync<InvalidInputException>(
            () => Client.AgentType("test-generator").LearnAsync(Given.Last("s", "a", double.NaN)));
        Assert.Contains("reward 'NaN'", invalid.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_malformed_agent_type_is_refused_without_a_call() =>
        Assert.Throws<InvalidInputException>(() => Client.AgentType("two words"));

    [Fact]
    public async Task A_fenced_update_is_repeated_by_the_client_and_counts_once()
    {
        var type = Client.AgentType("chaos-engineer");
        var first = await type.LearnAsync(Given.Last("s", "a", 1), WriteMode.Durable);
        await cluster.Database.ExecuteInAsync("update q_table_owners set epoch = epoch + 1 where agent_type = 'chaos-engineer'");
        var result = await type.LearnAsync(Given.Last("s", "a", 1), WriteMode.Durable);
        Assert.Equal(2, result.VisitCount);
        Assert.True(result.Epoch > first.Epoch, $"{result.Epoch} after {first.Epoch}");
        Assert.Equal(2, await cluster.VisitsAsync("chaos-engineer"));
    }

    [Fact]
    public async Task Waiting_can_be_cancelled()
    {
        var type = Client.AgentType("fleet-commander");
        await type.GetStatisticsAsync();
        await using (await HeldLock.OfFlushesAsync(cluster.Database, "fleet-commander"))
        {
            using var cancel = new CancellationTokenSource();
            var durable = type.LearnAsync(Given.Last("s", "a", 1), WriteMode.Durable, cancel.Token);
            await Eventually.Holds(async () => (await type.GetStatisticsAsync()).Updates == 1, "the update to be learned");
            await cancel.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => durable);
        }

        // The waiting ended, not the update.
        await type.FlushAsync();
        Assert.Equal(1, await cluster.VisitsAsync("fleet-commander"));
    }
}
