using System.Globalization;
using Npgsql;
using QLearning.Abstractions;

namespace QLearning.Bench.Chaos.Roads;

/// <summary>Q-tables of 2 to 4 partitions that get another number of them every other second: its own, and those of other roads.</summary>
internal sealed class RepartitionRoad : IRoad
{
    private const string Type = "regression-risk-analyzer";
    private const string Name = "repartitioned";
    private const int Callers = 4;
    private const int States = 30;
    private const string Repartition = """
        update agent_types set metadata = coalesce(metadata, '{}') || jsonb_build_object('partitions', $2::int) where agent_type = $1
        """;

    private static readonly string[] _repartitioned = [Type, AgentRoad.QLearning, LateRewardRoad.Type, ManyRoad.Type];
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(30);
    private static readonly TimeSpan _interval = TimeSpan.FromSeconds(2);

    public IReadOnlyList<(string AgentType, string Settings)> AgentTypes { get; } = [(Type, """{"partitions": 3}""")];

    public Task RunAsync(RoadScene scene, CancellationToken stopping)
    {
        var learning = scene.RunAsync(Callers, async (client, caller) =>
        {
            var random = scene.RandomOf(caller);
            var mode = caller < Callers / 2 ? WriteMode.WriteBehind : WriteMode.Durable;
            var kind = mode == WriteMode.Durable ? CallKind.Durable : CallKind.WriteBehind;
            while (!stopping.IsCancellationRequested)
            {
                var state = string.Create(CultureInfo.InvariantCulture, $"r{caller}-{random.Next(States)}");
                var next = string.Create(CultureInfo.InvariantCulture, $"r{caller}-{random.Next(States)}");
                await scene.Book.CallAsync(
                    [new Call(KeyText.Of(Type, state), kind, 1, scene.Book.Now) { Road = Name }],
                    () => client.AgentType(Type).LearnAsync(Steps.To(state, next), mode));
                await scene.PauseAsync(_pause, stopping);
            }
        });
        return Task.WhenAll(learning, RepartitionAsync(scene, stopping));
    }

    private static async Task RepartitionAsync(RoadScene scene, CancellationToken stopping)
    {
        for (var i = scene.Round; !stopping.IsCancellationRequested; i++)
        {
            try
            {
                await using var command = scene.Cluster.Database.CreateCommand(Repartition);
                command.Parameters.AddWithValue(_repartitioned[i % _repartitioned.Length]);
                command.Parameters.AddWithValue(2 + (i / _repartitioned.Length % 3));
                await command.ExecuteNonQueryAsync(CancellationToken.None);
            }
            catch (NpgsqlException)
            {
                // PostgreSQL is away; the next one may come through.
            }

            await scene.WaitAsync(_interval, stopping);
        }
    }
}
