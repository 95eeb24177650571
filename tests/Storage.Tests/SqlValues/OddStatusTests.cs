using QLearning.Storage.Agents;
using QLearning.Storage.Sessions;

namespace QLearning.Storage.Tests.SqlValues;

/// <summary>An adopted table may lack the check of its statuses: a text that is none of them harms no other row.</summary>
public sealed class OddStatusTests : DatabaseTest
{
    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        await Database.ExecuteInAsync("""
            alter table agent_states drop constraint agent_states_status_check, alter status drop not null;
            alter table sessions drop constraint sessions_status_check, alter status drop not null
            """);
    }

    [Fact]
    public async Task An_agent_whose_status_is_none_is_idle_and_listed_among_the_others()
    {
        await Database.ExecuteInAsync("""
            insert into agent_states (agent_type, agent_instance_id, current_exploration_rate, current_learning_rate, status)
            values ('test-generator', '1', 0.1, 0.1, 'active'), ('test-generator', '2', 0.1, 0.1, 'busy'),
                   ('test-generator', '3', 0.1, 0.1, null), ('test-generator', '4', 0.1, 0.1, 'Paused'),
                   ('test-generator', '5', 0.1, 0.1, '1')
            """);
        var store = new AgentStore(Database.DataSource);
        Assert.Equal(
            [AgentStatus.Active, AgentStatus.Idle, AgentStatus.Idle, AgentStatus.Paused, AgentStatus.Idle],
            (await store.ListAsync(new AgentQuery { AgentType = Generator }, CancellationToken.None)).Agents.Select(agent => agent.Status));
        Assert.Equal(["2", "3", "5"], await InstancesAsync(store, AgentStatus.Idle));
        Assert.Equal(["4"], await InstancesAsync(store, AgentStatus.Paused));
        Assert.Equal(AgentStatus.Idle, (await store.FindAsync(new AgentKey(Generator, "2"), CancellationToken.None))!.Info.Status);
    }

    [Theory]
    [InlineData("busy", "learning")]
    [InlineData("Paused", "Paused")]
    public async Task The_next_status_replaces_one_that_is_none_and_no_stop(string stored, string shown)
    {
        await Database.ExecuteInAsync($"""
            insert into agent_states (agent_type, agent_instance_id, current_exploration_rate, current_learning_rate, status)
            values ('test-generator', '1', 0.1, 0.1, '{stored}')
            """);
        await new AgentStore(Database.DataSource).ShowAsync(new AgentKey(Generator, "1"), AgentStatus.Learning, CancellationToken.None);
        Assert.Equal([shown], await RowsAsync("select status from agent_states"));
    }

    [Fact]
    public async Task A_session_whose_status_is_none_does_not_run_and_is_listed_among_the_others()
    {
        await Database.ExecuteInAsync("""
            insert into sessions (agent_type, session_name, start_time, status)
            values ('test-generator', '1', now() - interval '1 s', 'active'), ('test-generator', '2', now() - interval '2 s', 'busy'),
                   ('test-generator', '3', now() - interval '3 s', null), ('test-generator', '4', now() - interval '4 s', 'Failed')
            """);
        var store = new SessionStore(Database.DataSource);
        var all = await store.ListAsync(new SessionQuery { AgentType = Generator }, CancellationToken.None);
        Assert.Equal(
            [SessionStatus.Active, SessionStatus.Cancelled, SessionStatus.Cancelled, SessionStatus.Failed],
            all.Sessions.Select(session => session.Status));
        Assert.Equal(["1"], await NamesAsync(store, SessionStatus.Active));
        Assert.Equal(["2", "3"], await NamesAsync(store, SessionStatus.Cancelled));
        Assert.Equal(["4"], await NamesAsync(store, SessionStatus.Failed));
    }

    [Fact]
    public async Task A_session_that_SQL_calls_Active_runs_until_it_is_ended()
    {
        var id = await Database.QueryAsync<Guid>(
            "insert into sessions (agent_type, status) values ('test-generator', 'Active') returning session_id");
        var store = new SessionStore(Database.DataSource);
        Assert.Equal(SessionStatus.Active, (await store.FindAsync(id, CancellationToken.None))!.Status);
        Assert.Equal(SessionStatus.Failed, (await store.FinishAsync(id, SessionStatus.Failed, CancellationToken.None))!.Status);
    }

    private static async Task<string[]> InstancesAsync(AgentStore store, AgentStatus status) =>
    [
        .. (await store.ListAsync(new AgentQuery { AgentType = Generator, Status = status }, CancellationToken.None))
            .Agents.Select(agent => agent.Instance),
    ];

    private static async Task<string[]> NamesAsync(SessionStore store, SessionStatus status) =>
    [
        .. (await store.ListAsync(new SessionQuery { AgentType = Generator, Statuses = [status] }, CancellationToken.None))
            .Sessions.Select(session => session.Name!),
    ];
}
