namespace QLearning.Grains.Tests.Sessions;

/// <summary>Sessions start, count and end.</summary>
[Collection(SharedSilo.Name)]
public sealed class SessionGrainTests(SiloFixture silo)
{
    public static TheoryData<string> Flaws => [.. Bad.Keys];

    private static Dictionary<string, Func<SessionStart, SessionStart?>> Bad { get; } = new()
    {
        ["none"] = _ => null,
        ["no agent type"] = s => s with { AgentType = string.Empty },
        ["name too long"] = s => s with { Name = new string('n', 201) },
        ["no environment"] = s => s with { Environment = string.Empty },
        ["environment too long"] = s => s with { Environment = new string('n', 51) },
        ["metadata is no JSON"] = s => s with { MetadataJson = "{" },
        ["metadata is no object"] = s => s with { MetadataJson = "[1]" },
    };

    [Fact]
    public async Task A_started_session_runs()
    {
        var type = await silo.AddAgentTypeAsync();
        var grain = NewGrain();
        var start = new SessionStart
        {
            AgentType = type.Name,
            Name = "nightly",
            Environment = "ci",
            MetadataJson = """{"branch": "main"}""",
        };
        var session = await grain.Start(start);
        Assert.Equal(
            (SessionStatus.Active, "nightly", "ci", """{"branch": "main"}"""),
            (session.Status, session.Name, session.Environment, session.MetadataJson));
        Assert.Equal((0, 0, null), (session.TaskCount, session.TotalReward, session.EndedAt));
        Assert.Equal(session, await grain.Start(start));
        Assert.Equal(session, await grain.Get());
        await Assert.ThrowsAsync<InvalidInputException>(async () => await grain.Start(start with { Name = "other" }));
    }

    [Fact]
    public async Task The_empty_id_is_no_session()
    {
        var type = await silo.AddAgentTypeAsync();
        var start = new SessionStart { AgentType = type.Name };
        var session = silo.Grains.GetGrain<ISessionGrain>(Guid.Empty);
        var agent = silo.Agent(type).Grain;

        await Assert.ThrowsAsync<InvalidInputException>(async () => await session.Start(start));
        await Assert.ThrowsAsync<InvalidInputException>(async () => await agent.StartSession(Guid.Empty, start));

        Assert.Equal(0, await silo.Database.QueryAsync<long>($"select count(*) from sessions where agent_type = '{type.Name}'"));
        Assert.Equal(0, await silo.Database.QueryAsync<long>($"select count(*) from agent_states where agent_type = '{type.Name}'"));
    }

    [Theory]
    [InlineData(SessionStatus.Completed)]
    [InlineData(SessionStatus.Failed)]
    [InlineData(SessionStatus.Cancelled)]
    public async Task A_session_ends_once(SessionStatus status)
    {
        var type = await silo.AddAgentTypeAsync();
        var session = await silo.StartSessionAsync(type);
        var grain = silo.Grains.GetGrain<ISessionGrain>(session.Id);
        var ended = await grain.End(status);
        Assert.Equal(status, ended.Status);
        Assert.NotNull(ended.EndedAt);
        Assert.Equal(ended, await grain.End(status));
        var other = status == SessionStatus.Failed ? SessionStatus.Completed : SessionStatus.Failed;
        await Assert.ThrowsAsync<InvalidInputException>(async () => await grain.End(other));
        Assert.Equal(ended, await grain.Get());
    }

    [Fact]
    public async Task Active_is_no_end()
    {
        var session = await silo.StartSessionAsync(await silo.AddAgentTypeAsync());
        var grain = silo.Grains.GetGrain<ISessionGrain>(session.Id);
        await Assert.ThrowsAsync<InvalidInputException>(async () => await grain.End(SessionStatus.Active));
        await Assert.ThrowsAsync<InvalidInputException>(async () => await grain.End((SessionStatus)9));
        Assert.Equal(SessionStatus.Active, (await grain.Get()).Status);
    }

    [Fact]
    public async Task An_unknown_session_is_refused()
    {
        await Assert.ThrowsAsync<UnknownSessionException>(async () => await NewGrain().Get());
        await Assert.ThrowsAsync<UnknownSessionException>(async () => await NewGrain().End(SessionStatus.Completed));
        await Assert.ThrowsAsync<UnknownSessionException>(async () => await NewGrain().Require("test-generator"));
    }

    [Fact]
    public async Task A_session_of_an_unknown_agent_type_is_refused()
    {
        var grain = NewGrain();
        await Assert.ThrowsAsync<UnknownAgentTypeException>(async () => await grain.Start(new SessionStart { AgentType = "no-such-type" }));
        await Assert.ThrowsAsync<UnknownSessionException>(async () => await grain.Get());
    }

    [Theory]
    [MemberData(nameof(Flaws))]
    public async Task A_bad_start_is_refused(string flaw)
    {
        var type = await silo.AddAgentTypeAsync();
        await Assert.ThrowsAsync<InvalidInputException>(
            async () => await NewGrain().Start(Bad[flaw](new SessionStart { AgentType = type.Name })!));
        Assert.Equal(0, await silo.Database.QueryAsync<long>($"select count(*) from sessions where agent_type = '{type.Name}'"));
    }

    [Fact]
    public async Task A_session_that_SQL_ended_takes_no_more_trajectories()
    {
        var type = await silo.AddAgentTypeAsync();
        var session = await silo.StartSessionAsync(type);
        await silo.Database.ExecuteInAsync(
            $"update sessions set status = 'completed', end_time = now() where session_id = '{session.Id}'");
        var grain = silo.Grains.GetGrain<ISessionGrain>(session.Id);
        Assert.Equal(SessionStatus.Completed, (await grain.Get()).Status);
        await Assert.ThrowsAsync<InvalidInputException>(async () => await grain.Require(type.Name));
    }

    [Fact]
    public async Task Running_sessions_are_listed_the_newest_first()
    {
        var type = await silo.AddAgentTypeAsync();
        var first = await silo.StartSessionAsync(type);
        var second = await silo.StartSessionAsync(type);
        var third = await silo.StartSessionAsync(type);
        await silo.Grains.GetGrain<ISessionGrain>(second.Id).End(SessionStatus.Failed);
        var history = silo.Grains.GetGrain<IHistoryGrain>(0);
        Assert.Equal([third.Id, first.Id], (await history.GetActiveSessions(type.Name)).Select(session => session.Id));
        var all = (await history.GetActiveSessions(null)).Select(session => session.Id).ToArray();
        Assert.Contains(first.Id, all);
        Assert.DoesNotContain(second.Id, all);
    }

    private ISessionGrain NewGrain() => silo.Grains.GetGrain<ISessionGrain>(Guid.CreateVersion7());
}
