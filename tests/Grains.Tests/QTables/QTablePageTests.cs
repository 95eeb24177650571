namespace QLearning.Grains.Tests.QTables;

/// <summary>A Q-table is listed state by state and value by value, in each order, also when several partitions own it.</summary>
[Collection(SharedSilo.Name)]
public sealed class QTablePageTests(SiloFixture silo)
{
    private const int Actions = 3;

    public static TheoryData<string> Flaws => [.. Bad.Keys];

    private static Dictionary<string, (StateQuery? States, QValueQuery? QValues)> Bad { get; } = new()
    {
        ["none"] = (null, null),
        ["no agent type"] = (new() { AgentType = string.Empty }, new() { AgentType = string.Empty }),
        ["limit 0"] = (new() { AgentType = "t", Limit = 0 }, new() { AgentType = "t", Limit = 0 }),
        ["limit 1001"] = (new() { AgentType = "t", Limit = 1001 }, new() { AgentType = "t", Limit = 1001 }),
        ["prefix too long"] = (new() { AgentType = "t", Prefix = new('x', 65) }, new() { AgentType = "t", Prefix = new('x', 65) }),
        ["prefix with NUL"] = (new() { AgentType = "t", Prefix = "\0" }, new() { AgentType = "t", Prefix = "\0" }),
        ["unknown order"] = (new() { AgentType = "t", Order = (StateOrder)3 }, new() { AgentType = "t", Order = (QValueOrder)3 }),
        ["empty place"] = (
            new() { AgentType = "t", After = new StateCursor(default, 0, 0) },
            new() { AgentType = "t", After = new QValueCursor(default, default, 0, 0) }),
    };

    [Theory]
    [InlineData(StateOrder.Key, "{}")]
    [InlineData(StateOrder.BestValue, """{"partitions":3}""")]
    [InlineData(StateOrder.LeastVisited, "{}")]
    public async Task Every_state_is_listed_once_in_order(StateOrder order, string metadata)
    {
        var type = await LearnedAsync(metadata);
        var all = await Pages.AllAsync<StateSummary, StateCursor>(7, async after =>
        {
            var page = await silo.Client.AgentType(type.Name).GetStatesAsync(
                new StateQuery { AgentType = type.Name, Order = order, Limit = 7, After = after });
            return (page.States, page.Next);
        });
        Assert.Equal(31, all.DistinctBy(state => state.State).Count());
        var expected = all.OrderBy(state => order switch
        {
            StateOrder.BestValue => -state.BestValue,
            StateOrder.LeastVisited => state.Visits,
            _ => 0,
        }).ThenBy(state => state.State.ToString(), StringComparer.Ordinal);
        Assert.Equal(expected, all);
        Assert.All(all, state => Assert.Equal((Actions, $"a{Actions - 1}"), ((int)state.Actions, state.BestAction.ToString())));
    }

    [Theory]
    [InlineData(QValueOrder.Key, """{"partitions":3}""")]
    [InlineData(QValueOrder.Highest, "{}")]
    [InlineData(QValueOrder.LeastVisited, "{}")]
    public async Task Every_Q_value_is_listed_once_in_order(QValueOrder order, string metadata)
    {
        var type = await LearnedAsync(metadata);
        var all = await Pages.AllAsync<ListedQValue, QValueCursor>(10, async after =>
        {
            var page = await silo.Client.AgentType(type.Name).GetQTableAsync(
                new QValueQuery { AgentType = type.Name, Order = order, Limit = 10, After = after });
            return (page.QValues, page.Next);
        });
        Assert.Equal(31 * Actions, all.DistinctBy(row => (row.State, row.Value.Action)).Count());
        var expected = all.OrderBy(row => order switch
        {
            QValueOrder.Highest => -row.Value.Value,
            QValueOrder.LeastVisited => row.Value.VisitCount,
            _ => 0,
        }).ThenBy(row => row.State.ToString(), StringComparer.Ordinal).ThenBy(row => row.Value.Action.ToString(), StringComparer.Ordinal);
        Assert.Equal(expected, all);
    }

    [Fact]
    public async Task States_are_found_by_the_beginning_of_their_key_and_the_top_by_value()
    {
        var type = await LearnedAsync("{}");
        var client = silo.Client.AgentType(type.Name);
        var found = await client.GetStatesAsync(new StateQuery { AgentType = type.Name, Prefix = "s1" });
        Assert.Equal(10, found.States.Count);
        Assert.All(found.States, state => Assert.StartsWith("s1", state.State.ToString(), StringComparison.Ordinal));
        var rows = await client.GetQTableAsync(new QValueQuery { AgentType = type.Name, Prefix = "s1" });
        Assert.Equal(10 * Actions, rows.QValues.Count);
        Assert.Equal([32, 32, 32], (await client.GetTopQValuesAsync(3)).Select(row => row.Value.Value));
    }

    [Fact]
    public async Task What_has_expired_or_cannot_be_asked_for_is_not_listed()
    {
        var type = await silo.AddAgentTypeAsync();
        await type.StoreAsync("s", "a", 1);
        await silo.Database.ExecuteInAsync($"""
            insert into q_values (agent_type, state_hash, state_data, action_hash, action_data, q_value, expires_at) values
                ('{type.Name}', 'gone', '1', 'a', '1', 5, now() - interval '1 s'), ('{type.Name}', 's', '1', 'nan', '1', 'NaN', null),
                ('{type.Name}', '', '1', 'a', '1', 5, null), ('{type.Name}', 's', '1', '', '1', 5, null)
            """);
        var client = silo.Client.AgentType(type.Name);
        foreach (var order in Enum.GetValues<StateOrder>())
        {
            var states = await client.GetStatesAsync(new StateQuery { AgentType = type.Name, Order = order });
            Assert.Equal(["s 1"], states.States.Select(state => $"{state.State} {state.BestValue}"));
        }

        Assert.Single(await client.GetTopQValuesAsync());
    }

    [Fact]
    public async Task A_mistyped_agent_type_is_told()
    {
        var client = silo.Client.AgentType("test-genrator");
        await Assert.ThrowsAsync<UnknownAgentTypeException>(() => client.GetStatesAsync(new StateQuery { AgentType = "x" }));
        await Assert.ThrowsAsync<UnknownAgentTypeException>(() => client.GetTopQValuesAsync());
    }

    [Theory]
    [MemberData(nameof(Flaws))]
    public async Task A_query_that_is_not_allowed_is_refused(string flaw)
    {
        var history = silo.Grains.GetGrain<IHistoryGrain>(0);
        await Assert.ThrowsAsync<InvalidInputException>(async () => await history.ListStates(Bad[flaw].States!));
        await Assert.ThrowsAsync<InvalidInputException>(async () => await history.ListQValues(Bad[flaw].QValues!));
    }

    /// <summary>31 states with three actions each: many have one value or number of visits.</summary>
    private async Task<TestAgentType> LearnedAsync(string metadata)
    {
        var type = await silo.AddAgentTypeAsync(metadata);
        QValueUpsert[] upserts =
        [
            .. from state in Enumerable.Range(0, 31)
               from action in Enumerable.Range(0, Actions)
               from visit in Enumerable.Range(0, 1 + (state % 4))
               select Given.Value($"s{state:00}", $"a{action}", (10 * (state % 4)) + action),
        ];
        await silo.Client.AgentType(type.Name).UpsertAsync(upserts, WriteMode.Durable);
        return type;
    }
}
