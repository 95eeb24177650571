using Npgsql;
using QLearning.Client;
using QLearning.Storage.Roles;

namespace QLearning.Silo.Tests;

/// <summary>A cluster whose silos and clients have only the rights of their roles.</summary>
public sealed class RoleTests(DatabaseFixture fixture) : IClassFixture<DatabaseFixture>
{
    private readonly string _prefix = $"ql{Guid.NewGuid().ToString("N")[..8]}_";
    private readonly string _password = Guid.NewGuid().ToString("N");

    [Fact]
    public async Task A_silo_learns_stores_cleans_and_refreshes_as_its_role_and_a_client_finds_it_as_its_own()
    {
        await DatabaseRoles.GrantAsync(fixture.Database.ConnectionString, _prefix, CancellationToken.None);
        foreach (var role in (string[])["silo", "client"])
        {
            await fixture.Database.ExecuteInAsync($"create role {_prefix}{role}_user login password '{_password}' in role {_prefix}{role}");
        }

        try
        {
            await RunClusterAsync();
        }
        finally
        {
            await fixture.Database.ExecuteInAsync($"drop role {_prefix}silo_user, {_prefix}client_user");
            foreach (var role in DatabaseRoles.Names)
            {
                await fixture.Database.ExecuteInAsync($"drop owned by {_prefix}{role} cascade; drop role {_prefix}{role}");
            }
        }
    }

    private async Task RunClusterAsync()
    {
        await using var silo = await QLearningSilo.StartAsync(new SiloSettings { ConnectionString = As("silo") });
        // Calls that are made once: a busy machine may take seconds for its first answer.
        await using var client = await QLearningClient.ConnectAsync(
            As("client"), options => options.ResponseTimeout = TimeSpan.FromMinutes(1));
        var session = await client.Sessions.StartAsync(Guid.NewGuid(), new SessionStart { AgentType = "test-generator" });
        await client.AgentType("test-generator").LearnAsync(
            new Transition
            {
                State = State.FromJson("""{"gap":1}"""),
                Action = AgentAction.Named("a"),
                Reward = 1,
                Done = true,
            },
            WriteMode.Durable);
        var agent = client.Agent("test-generator", "tg-1");
        await agent.RegisterAsync(new AgentRegistration { ExplorationRate = 0.1 });
        await client.Sessions.EndAsync(session.Id, SessionStatus.Completed);
        await client.Maintenance.RunAsync(MaintenanceJob.CleanUp);
        await client.Maintenance.RunAsync(MaintenanceJob.RefreshViews);
        await agent.DeleteAsync(false);
        Assert.Null(await client.ApiKeys.FindAsync(new byte[32]));
        Assert.Equal(1L, await fixture.Database.QueryAsync<long>("select count(*) from q_values"));
    }

    private string As(string role) => new NpgsqlConnectionStringBuilder(fixture.Database.ConnectionString)
    {
        Username = $"{_prefix}{role}_user",
        Password = _password,
    }.ConnectionString;
}
