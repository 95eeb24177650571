using QLearning.Storage.Status;
using SiloStatus = QLearning.Storage.Status.SiloStatus;

namespace QLearning.Storage.Tests.Status;

/// <summary>What the database knows of silos and agent types.</summary>
public sealed class ClusterStatusReaderTests : DatabaseTest
{
    private Task<ClusterStatus> ReadAsync() => new ClusterStatusReader(Database.DataSource).ReadAsync("c1", CancellationToken.None);

    [Fact]
    public async Task Active_silos_of_the_cluster_are_told_in_the_order_of_their_start()
    {
        await Database.ExecuteInAsync("""
            insert into orleans_membership_version (deployment_id) values ('c1'), ('c2');
            insert into orleans_membership (deployment_id, address, port, generation, silo_name, host_name, status, proxy_port, start_time,
                                            i_am_alive_time)
            values ('c1', '10.0.0.2', 11111, 1, 'b', 'host-b', 3, 30000, '2026-01-02Z', '2026-01-03Z'),
                   ('c1', '10.0.0.1', 11111, 1, 'a', 'host-a', 3, 0, '2026-01-01Z', '2026-01-04Z'),
                   ('c1', '10.0.0.3', 11111, 1, 'dead', 'host-c', 6, 30000, '2026-01-01Z', '2026-01-01Z'),
                   ('c2', '10.0.0.4', 11111, 1, 'other', 'host-d', 3, 30000, '2026-01-01Z', '2026-01-01Z');
            """);
        DateTimeOffset Day(int day) => new(2026, 1, day, 0, 0, 0, TimeSpan.Zero);
        Assert.Equal(
            [new SiloStatus("10.0.0.1:11111", 0, "host-a", Day(1), Day(4)), new SiloStatus(
                "10.0.0.2:11111", 30000, "host-b", Day(2), Day(3))],
            (await ReadAsync()).Silos);
    }

    [Fact]
    public async Task Rows_of_an_agent_type_are_counted_without_multiplying()
    {
        await Database.ExecuteInAsync("""
            insert into q_values (agent_type, state_hash, state_data, action_hash, action_data, visit_count, last_updated, expires_at)
            values ('quality-gate', 's1', '1', 'a1', '1', 5, '2026-01-01Z', null),
                   ('quality-gate', 's1', '1', 'a2', '1', 6, '2026-01-02Z', '2090-01-01Z'),
                   ('quality-gate', 's2', '1', 'a1', '1', 7, '2026-01-01Z', null),
                   ('quality-gate', 's3', '1', 'a1', '1', 8, '2026-01-09Z', '2020-01-01Z');
            insert into trajectories (agent_type, task_id, initial_state, final_state, actions_taken, states_visited, step_rewards,
                                      total_reward, discounted_reward, execution_time_ms, success, started_at)
            select 'quality-gate', 't', '1', '1', '[]', '[]', '[]', 1, 1, 1, true, now() from generate_series(1, 2);
            insert into q_table_owners (agent_type, partition, epoch) values ('quality-gate', 0, 4), ('quality-gate', 1, 9);
            """);
        var types = (await ReadAsync()).AgentTypes;
        Assert.Equal(18, types.Count);
        Assert.Equal(
            new AgentTypeStatus(Gate, 3, 2, 18, 2, new DateTimeOffset(2026, 1, 2, 0, 0, 0, TimeSpan.Zero), 9),
            types.Single(type => type.AgentType == Gate));
        Assert.Equal(new AgentTypeStatus(Executor, 0, 0, 0, 0, null, 0), types.Single(type => type.AgentType == Executor));
    }

    [Fact]
    public async Task The_size_is_that_of_the_database() =>
        Assert.InRange(
            (await ReadAsync()).DatabaseBytes / (double)await Database.QueryAsync<long>("select pg_database_size(current_database())"),
            0.9,
            1.1);

    [Fact]
    public async Task A_server_that_is_away_is_told_as_unavailable()
    {
        await using var nowhere = Nowhere();
        await Assert.ThrowsAsync<StorageUnavailableException>(
            () => new ClusterStatusReader(nowhere).ReadAsync("c1", CancellationToken.None));
    }
}
