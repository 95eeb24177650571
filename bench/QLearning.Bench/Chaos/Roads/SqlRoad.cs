using System.Globalization;
using Npgsql;
using QLearning.Abstractions;

namespace QLearning.Bench.Chaos.Roads;

/// <summary>
/// SQL programs beside agents: <c>upsert_q_value</c> on states of their own, which are counted, and on states that agents learn too, where
/// the
/// last writer wins and only what is there at all is looked at.
/// </summary>
internal sealed class SqlRoad : IRoad
{
    private const string Type = "quality-analyzer";
    private const string Name = "SQL";
    private const string BesideSql = "agents beside SQL";
    private const int Writers = 2;
    private const int Learners = 2;
    private const int States = 20;
    private const int SharedStates = 5;
    private const string Upsert = "select upsert_q_value($1, $2, to_jsonb($2), 'act', '\"act\"', 1)";

    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(30);
    private static readonly TimeSpan _away = TimeSpan.FromMilliseconds(300);

    public IReadOnlyList<(string AgentType, string Settings)> AgentTypes { get; } = [(Type, "{}")];

    public Task RunAsync(RoadScene scene, CancellationToken stopping) => Task.WhenAll(
        Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => WriteAsync(scene, writer, stopping))),
        LearnAsync(scene, stopping));

    private static Task LearnAsync(RoadScene scene, CancellationToken stopping) => scene.RunAsync(Learners, async (client, caller) =>
    {
        var random = scene.RandomOf(caller);
        for (var i = 0; !stopping.IsCancellationRequested; i++)
        {
            var isShared = i % 2 == 0;
            var state = isShared ? Shared(random.Next(SharedStates))
                : string.Create(CultureInfo.InvariantCulture, $"n{caller}-{random.Next(States)}");
            var call = new Call(KeyText.Of(Type, state), isShared ? CallKind.Shared : CallKind.Durable, 1, scene.Book.Now)
            { Road = BesideSql };
            await scene.Book.CallAsync([call], () => client.AgentType(Type).LearnAsync(Steps.Last(state), WriteMode.Durable));
            await scene.PauseAsync(_pause, stopping);
        }
    });

    private static async Task WriteAsync(RoadScene scene, int writer, CancellationToken stopping)
    {
        var random = scene.RandomOf(writer + Learners);
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await using var connection = await scene.Cluster.Database.OpenConnectionAsync(CancellationToken.None);
                while (!stopping.IsCancellationRequested)
                {
                    await WriteOwnAsync(scene, connection, string.Create(CultureInfo.InvariantCulture, $"q{writer}-{random.Next(States)}"));
                    await WriteSharedAsync(scene, connection);
                    await scene.PauseAsync(_pause, stopping);
                }
            }
            catch (Exception error) when (error is NpgsqlException or InvalidOperationException)
            {
                // What was under way has no outcome.
                await scene.WaitAsync(_away, stopping);
            }
        }
    }

    private static async Task WriteOwnAsync(RoadScene scene, NpgsqlConnection connection, string state)
    {
        var call = new Call(KeyText.Of(Type, state), CallKind.Durable, 1, scene.Book.Now) { Road = Name };
        scene.Book.Sent(call);
        await ExecuteAsync(connection, state);
        call.End(CallOutcome.Acknowledged, scene.Book.Now);
    }

    // Downwards, while a flush goes upwards: some of these meet in a deadlock, and one of both is undone.
    private static async Task WriteSharedAsync(RoadScene scene, NpgsqlConnection connection)
    {
        Call[] calls =
        [
            .. Enumerable.Range(0, SharedStates).Reverse().Select(
                number => new Call(KeyText.Of(Type, Shared(number)), CallKind.Shared, 1, scene.Book.Now) { Road = Name }),
        ];
        Array.ForEach(calls, scene.Book.Sent);
        try
        {
            await using var transaction = await connection.BeginTransactionAsync();
            for (var number = SharedStates - 1; number >= 0; number--)
            {
                await ExecuteAsync(connection, Shared(number));
            }

            await transaction.CommitAsync();
            Array.ForEach(calls, call => call.End(CallOutcome.Acknowledged, scene.Book.Now));
        }
        catch (PostgresException error) when (error.SqlState == PostgresErrorCodes.DeadlockDetected)
        {
            Array.ForEach(calls, call => call.End(CallOutcome.Refused, scene.Book.Now));
        }
    }

    private static string Shared(int number) => string.Create(CultureInfo.InvariantCulture, $"shared-{number}");

    private static async Task ExecuteAsync(NpgsqlConnection connection, string state)
    {
        await using var command = new NpgsqlCommand(Upsert, connection);
        command.Parameters.AddWithValue(Type);
        command.Parameters.AddWithValue(state);
        await command.ExecuteNonQueryAsync();
    }
}
