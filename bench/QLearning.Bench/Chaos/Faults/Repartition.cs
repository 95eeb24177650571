namespace QLearning.Bench.Chaos.Faults;

/// <summary>The Q-table of an agent type is repartitioned again and again.</summary>
internal sealed class Repartition : IFault
{
    private const string SetPartitions = """
        update agent_types set metadata = coalesce(metadata, '{}') || jsonb_build_object('partitions', $2::int) where agent_type = $1
        """;

    private static readonly int[] _counts = [5, 1, 4, 3];
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(50);

    public string Name => "repartition";

    public string Description => "An agent type's Q-table is repartitioned to 5 partitions, then 1, 4 and 3; clients may see no error.";

    public async Task<FaultResult> InjectAsync(Scene scene, CancellationToken cancellationToken)
    {
        var (at, slowest) = (scene.Load.Now, TimeSpan.Zero);
        foreach (var count in _counts)
        {
            var began = scene.Time.GetTimestamp();
            await using var command = scene.Cluster.Database.CreateCommand(SetPartitions);
            command.Parameters.AddWithValue(ChaosLoad.AgentTypes[^1]);
            command.Parameters.AddWithValue(count);
            await command.ExecuteNonQueryAsync(cancellationToken);
            var type = scene.Load.Client.AgentType(ChaosLoad.AgentTypes[^1]);
            while ((await type.GetStatisticsAsync(cancellationToken)).Partitions != count)
            {
                await Task.Delay(_pause, scene.Time, cancellationToken);
            }

            var took = scene.Time.GetElapsedTime(began);
            slowest = took > slowest ? took : slowest;
        }

        return new FaultResult(at, slowest, TimeSpan.FromSeconds(10)) { ErrorsAllowed = false };
    }
}
