using Npgsql;
using QLearning.Silo;
using QLearning.Testing.Proxy;

namespace QLearning.Client.Tests.Connection;

/// <summary>A client that cannot connect says why; one that comes first waits for a silo.</summary>
public sealed class ConnectTests : IAsyncLifetime
{
    private static readonly TimeSpan _shortly = TimeSpan.FromMilliseconds(600);

    private TestDatabase? _database;

    private string ConnectionString => _database!.ConnectionString;

    public async Task InitializeAsync() => _database = await TestDatabase.CreateAsync();

    public async Task DisposeAsync() => await _database!.DisposeAsync();

    [Fact]
    public async Task Without_a_silo_the_cluster_is_named()
    {
        var error = await Assert.ThrowsAsync<ClusterUnavailableException>(
            () => QLearningClient.ConnectAsync(ConnectionString, options => options.ConnectTimeout = _shortly));
        Assert.Contains("No silo of cluster 'qlearning' answered within 0.6 s", error.Message, StringComparison.Ordinal);
        Assert.Contains("qlearn serve", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_silo_of_another_cluster_does_not_count()
    {
        await using var silo = await QLearningSilo.StartAsync(new SiloSettings { ConnectionString = ConnectionString, ClusterId = "blue" });
        var error = await Assert.ThrowsAsync<ClusterUnavailableException>(() => QLearningClient.ConnectAsync(
            ConnectionString, options => (options.ConnectTimeout, options.ClusterId) = (_shortly, "green")));
        Assert.Contains("'green'", error.Message, StringComparison.Ordinal);
        await using var client = await QLearningClient.ConnectAsync(ConnectionString, options => options.ClusterId = "blue");
        Assert.Equal(18, (await client.GetAgentTypesAsync()).Length);
    }

    [Fact]
    public async Task A_client_that_comes_first_waits_for_a_silo()
    {
        var connecting = QLearningClient.ConnectAsync(ConnectionString);
        await using var silo = await QLearningSilo.StartAsync(new SiloSettings { ConnectionString = ConnectionString });
        await using var client = await connecting;
        Assert.Equal(18, (await client.GetAgentTypesAsync()).Length);
    }

    [Fact]
    public async Task Calls_of_a_client_that_was_disposed_of_are_refused_at_once_and_say_so()
    {
        await using var silo = await QLearningSilo.StartAsync(new SiloSettings { ConnectionString = ConnectionString });
        var client = await QLearningClient.ConnectAsync(ConnectionString);
        var (type, agent) = (client.AgentType("test-generator"), client.Agent("test-generator", "tg-1"));
        var (episode, patterns) = (client.Episode("test-generator", "tg-1", Guid.NewGuid()), client.Patterns("test-generator"));
        var update = Given.Last("s", "a", 1);
        var actions = new[] { update.Action };
        await type.LearnAsync(update);
        await client.DisposeAsync();

        Func<Task>[] calls =
        [
            () => client.GetAgentTypesAsync(),
            () => type.GetBestActionAsync(update.State.Key),
            () => type.LearnAsync(update),
            () => type.LearnAsync(update, WriteMode.Durable),
            () => type.LearnAsync([update, update]),
            () => type.FlushAsync(),
            () => agent.SelectActionAsync(update.State, actions),
            () => episode.SelectActionAsync(1, update.State, actions),
            () => patterns.SearchAsync(new PatternQuery()),
            () => client.Sessions.ListAsync(),
            () => client.Maintenance.RunAsync(),
        ];
        foreach (var call in calls)
        {
            var error = await Assert.ThrowsAsync<ClusterUnavailableException>(() => call().WaitAsync(TimeSpan.FromSeconds(10)));
            Assert.StartsWith("The client was disposed of: it can ", error.Message, StringComparison.Ordinal);
        }

        Assert.Throws<ObjectDisposedException>(() => client.AgentType("coverage-analyzer"));
    }

    [Fact]
    public async Task The_waiting_for_a_silo_can_be_cancelled()
    {
        using var cancel = new CancellationTokenSource(_shortly);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => QLearningClient.ConnectAsync(ConnectionString, cancellationToken: cancel.Token));
    }

    [Fact]
    public async Task A_database_that_does_not_answer_is_named()
    {
        await using var proxy = new TcpProxy(ConnectionString);
        proxy.Close();
        var error = await Assert.ThrowsAsync<StorageUnavailableException>(() => QLearningClient.ConnectAsync(proxy.ConnectionString));
        var expected = new NpgsqlConnectionStringBuilder(proxy.ConnectionString);
        Assert.Contains(
            $"'{expected.Database}' on {expected.Host}:{expected.Port} cannot be asked", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "connection string is needed")]
    [InlineData("", "connection string is needed")]
    [InlineData("nonsense", "cannot be read")]
    [InlineData("Database=x", "cannot be read")]
    [InlineData("Host=x;Port=abc;Password=hunter2-secret", "cannot be read")]
    [InlineData("Host=x;Port=99999999999", "cannot be read")]
    [InlineData("Host=x;Colour=red", "cannot be read")]
    [InlineData("Host=x;SSL Mode=sometimes", "cannot be read")]
    [InlineData("Host=x;Multiplexing=true;Pooling=false", "cannot be read")]
    public async Task A_connection_string_that_cannot_be_used_is_refused(string? connectionString, string words)
    {
        var error = await Assert.ThrowsAsync<InvalidInputException>(() => QLearningClient.ConnectAsync(connectionString!));
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_option_out_of_range_is_refused_by_name()
    {
        var error = await Assert.ThrowsAsync<InvalidInputException>(
            () => QLearningClient.ConnectAsync(ConnectionString, options => options.RetryFor = TimeSpan.FromDays(1)));
        Assert.Contains("RetryFor", error.Message, StringComparison.Ordinal);
        error = await Assert.ThrowsAsync<InvalidInputException>(
            () => QLearningClient.ConnectAsync(ConnectionString, options => options.ClusterId = string.Empty));
        Assert.Contains("ClusterId", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_connection_string_with_a_larger_smallest_pool_is_used()
    {
        await using var silo = await QLearningSilo.StartAsync(new SiloSettings { ConnectionString = ConnectionString });
        await using var client = await QLearningClient.ConnectAsync($"{ConnectionString};Minimum Pool Size=5");
        Assert.Equal(18, (await client.GetAgentTypesAsync()).Length);
    }

    [Fact]
    public async Task A_database_without_the_schema_is_named()
    {
        await using var empty = await TestDatabase.CreateAsync(migrated: false);
        var error = await Assert.ThrowsAsync<StorageUnavailableException>(() => QLearningClient.ConnectAsync(empty.ConnectionString));
        Assert.Contains("42P01", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_password_is_not_repeated_in_the_error()
    {
        var wrong = new NpgsqlConnectionStringBuilder(ConnectionString) { Username = "unknown-user", Password = "hunter2-secret" };
        var error = await Assert.ThrowsAsync<StorageUnavailableException>(() => QLearningClient.ConnectAsync(wrong.ConnectionString));
        Assert.DoesNotContain("hunter2", error.ToString(), StringComparison.Ordinal);
    }
}
