namespace QLearning.Grains.Tests.Sessions;

/// <summary>Sessions are listed however many there are, the ended ones too.</summary>
[Collection(SharedSilo.Name)]
public sealed class SessionListTests(SiloFixture silo)
{
    public static TheoryData<string> Flaws => [.. Bad.Keys];

    private static Dictionary<string, SessionQuery?> Bad { get; } = new()
    {
        ["none"] = null,
        ["empty agent type"] = new() { AgentType = string.Empty },
        ["limit 0"] = new() { Limit = 0 },
        ["limit 1001"] = new() { Limit = 1001 },
        ["no list of statuses"] = new() { Statuses = null! },
        ["unknown status"] = new() { Statuses = [(SessionStatus)4] },
    };

    [Fact]
    public async Task All_of_1500_sessions_are_listed_page_by_page_the_newest_first()
    {
        var type = await silo.AddAgentTypeAsync();

        // Many start at the same moment: the place of a page is more than a time.
        await silo.Database.ExecuteInAsync($"""
            insert into sessions (agent_type, session_name, start_time, status, end_time)
            select '{type.Name}', i, now() - i / 100 * interval '1 s',
                   (array['active', 'completed', 'failed', 'cancelled'])[i % 4 + 1], now()
            from generate_series(1, 1500) i
            """);
        var all = await AllAsync(after => silo.Client.Sessions.ListAsync(
            new SessionQuery { AgentType = type.Name, Limit = 400, After = after }), 400);
        Assert.Equal(1500, all.DistinctBy(session => session.Id).Count());
        Assert.Equal(all.Select(session => session.StartedAt).OrderDescending(), all.Select(session => session.StartedAt));
        var ended = await AllAsync(after => silo.Client.Sessions.ListEndedAsync(type.Name, 225, after), 225);
        Assert.Equal(1125, ended.DistinctBy(session => session.Id).Count());
        Assert.DoesNotContain(ended, session => session.Status == SessionStatus.Active);
        Assert.Equal(375, (await silo.Client.Sessions.ListActiveAsync(type.Name)).Length);
    }

    [Fact]
    public async Task A_mistyped_agent_type_is_told() => await Assert.ThrowsAsync<UnknownAgentTypeException>(
        () => silo.Client.Sessions.ListEndedAsync("test-genrator"));

    [Theory]
    [MemberData(nameof(Flaws))]
    public async Task A_query_that_is_not_allowed_is_refused(string flaw) => await Assert.ThrowsAsync<InvalidInputException>(
        async () => await silo.Grains.GetGrain<IHistoryGrain>(0).ListSessions(Bad[flaw]!));

    private static Task<List<SessionInfo>> AllAsync(Func<SessionCursor?, Task<SessionPage>> read, int limit) =>
        Pages.AllAsync<SessionInfo, SessionCursor>(limit, async after =>
        {
            var page = await read(after);
            return (page.Sessions, page.Next);
        });
}
