using System.Diagnostics;
using Npgsql;
using Orleans.Core.Internal;
using QLearning.Abstractions;

namespace QLearning.Bench.Comparisons.Cases;

/// <summary>The time until agent types that nobody has asked for a while are hot.</summary>
/// <param name="name">The name of the case.</param>
/// <param name="description">What is measured.</param>
/// <param name="most">How many milliseconds it may take.</param>
/// <param name="fillAsync">Fills the database; gives the agent types.</param>
internal sealed class Activation(
    string name, string description, double most, Func<Surroundings, CancellationToken, Task<IReadOnlyList<string>>> fillAsync)
    : IComparison
{
    private const string Large = "bench-large";
    private const int FleetStates = 200;

    private const string AddLarge = """
        insert into agent_types (agent_type, display_name) values ('bench-large', 'bench-large') on conflict do nothing
        """;

    private const string FillLarge = """
        insert into q_values (agent_type, state_hash, state_data, action_hash, action_data, q_value, visit_count)
        select 'bench-large', encode(sha256(n::text::bytea), 'hex'), to_jsonb(n), 'action ' || a, to_jsonb('action ' || a), n % 100 + a, 1
        from generate_series(1, 200000) n, generate_series(0, 4) a
        on conflict do nothing
        """;

    private static readonly TimeSpan _poll = TimeSpan.FromMilliseconds(20);

    public string Name => name;

    public string Description => description;

    /// <summary>One agent type with 1,000,000 Q-values.</summary>
    public static async Task<IReadOnlyList<string>> FillLargeAsync(Surroundings surroundings, CancellationToken cancellationToken)
    {
        await ExecuteAsync(surroundings.Database, AddLarge, cancellationToken);
        await ExecuteAsync(surroundings.Database, FillLarge, cancellationToken);
        await ExecuteAsync(surroundings.Database, "vacuum analyze q_values", cancellationToken);
        return [Large];
    }

    /// <summary>The registered agent types with 1,000 Q-values each, or what other cases have given them.</summary>
    public static async Task<IReadOnlyList<string>> FillFleetAsync(Surroundings surroundings, CancellationToken cancellationToken)
    {
        string[] types = [.. (await surroundings.Client.GetAgentTypesAsync(cancellationToken)).Select(type => type.AgentType).Take(18)];
        foreach (var type in types)
        {
            await Workload.FillAsync(surroundings.Client.AgentType(type), FleetStates, cancellationToken);
        }

        return types;
    }

    public async Task<Contest> PrepareAsync(Surroundings surroundings, CancellationToken cancellationToken)
    {
        var types = await fillAsync(surroundings, cancellationToken);
        return new Contest(
            "ms", new Contender("activation", (_, token) => MeasureAsync(surroundings.Orleans, types, token)), [],
            [Goal.AtMost("ms", most)]);
    }

    private static async Task<Sample> MeasureAsync(IClusterClient orleans, IReadOnlyList<string> types, CancellationToken cancellationToken)
    {
        IAgentTypeGrain[] grains = [.. types.Select(type => orleans.GetGrain<IAgentTypeGrain>(type))];
        foreach (var grain in grains)
        {
            await grain.Cast<IGrainManagementExtension>().DeactivateOnIdle(cancellationToken);
        }

        var management = orleans.GetGrain<IManagementGrain>(0);
        var ids = grains.Select(grain => grain.GetGrainId()).ToHashSet();
        while ((await management.GetDetailedGrainStatistics(null, null, cancellationToken)).Any(active => ids.Contains(active.GrainId)))
        {
            await Task.Delay(_poll, TimeProvider.System, cancellationToken);
        }

        var began = Stopwatch.GetTimestamp();
        await Task.WhenAll(grains.Select(grain => grain.GetBestAction(Workload.Key(0)).AsTask()));
        return new Sample(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
    }

    private static async Task ExecuteAsync(NpgsqlDataSource database, string sql, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(sql);
        command.CommandTimeout = 0;
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
