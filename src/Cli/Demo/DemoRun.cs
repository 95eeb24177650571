using Npgsql;
using QLearning.Abstractions;
using QLearning.Client;
using QLearning.Silo;
using QLearning.Silo.Configuration;
using QLearning.Storage.Checks;

namespace QLearning.Cli.Demo;

/// <summary>
/// Agents of several types learn side by side on a cluster of their own, each type in a session and with patterns to use; then everything
/// stops and starts again, what the cluster answers now is compared with what it answered before, and the database is checked.
/// </summary>
internal sealed class DemoRun(Output output, TimeProvider time)
{
    private const int AgentsPerType = 4;
    private const int Seed = 42;

    public async Task<DemoResult> RunAsync(TimeSpan duration, CancellationToken cancellationToken)
    {
        // Before anything is created or told.
        await QLearningSilo.CheckAsync(new SiloSettings());
        var folder = Directory.CreateTempSubdirectory("qlearning-demo-");
        try
        {
            var settings = new SiloSettings { DataFolder = folder.FullName };
            var types = DemoAgentType.All(Seed);
            DemoProgress[] progress = [.. types.Select(_ => new DemoProgress())];
            output.WriteProgress("Starting a cluster of its own: PostgreSQL and one silo.");
            var view = new DemoView(types, progress, output, time);
            Memory[] before;
            DemoFleet[] fleets;
            await using (var silo = await StartAsync(settings, cancellationToken))
            {
                await using var client = await ConnectAsync(silo, cancellationToken);
                output.WriteProgress(
                    $"{types.Length * AgentsPerType} agents of {types.Length} types learn for {duration.TotalSeconds:0} s.");
                fleets = await Task.WhenAll(types.Select(type => DemoFleet.StartAsync(client, type, cancellationToken)));
                await LearnAsync(client, types, fleets, progress, view, duration, cancellationToken);
                await Task.WhenAll(
                    fleets.Select(fleet => client.Sessions.EndAsync(fleet.Session.Id, cancellationToken: cancellationToken)));
                before = await AskAsync(client, types, cancellationToken);
                output.WriteProgress("All episodes are stored. Stopping the silo and PostgreSQL.");
            }

            output.WriteProgress("Starting both again, with nothing in memory.");
            await using var second = await StartAsync(settings, cancellationToken);
            await using var reader = await ConnectAsync(second, cancellationToken);
            var after = await AskAsync(reader, types, cancellationToken);
            var results = await Task.WhenAll(
                types.Select((type, i) => CompareAsync(reader, fleets[i], before[i], after[i], progress[i], cancellationToken)));
            return new DemoResult(results, view.Curve, duration.TotalSeconds, await CheckAsync(second.ConnectionString, cancellationToken));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static Task<QLearningSilo> StartAsync(SiloSettings settings, CancellationToken cancellationToken) =>
        QLearningSilo.StartAsync(settings, Logs.ErrorsToStandardError, cancellationToken: cancellationToken);

    private static Task<QLearningClient> ConnectAsync(QLearningSilo silo, CancellationToken cancellationToken) =>
        QLearningClient.ConnectAsync(
            silo.ConnectionString,
            options =>
            {
                SiloConfiguration.Secure(options);
                // Its own silo, which is not replaced while it runs: a slow disk is no reason to give up.
                options.ResponseTimeout = TimeSpan.FromMinutes(1);
            },
            cancellationToken);

    private static async Task<Memory[]> AskAsync(QLearningClient client, DemoAgentType[] types, CancellationToken cancellationToken) =>
        await Task.WhenAll(types.Select(type => Memory.AskAsync(client, type, cancellationToken)));

    private static async Task<DemoTypeResult> CompareAsync(
        QLearningClient client, DemoFleet fleet, Memory before, Memory after, DemoProgress progress, CancellationToken cancellationToken)
    {
        var session = await client.Sessions.GetAsync(fleet.Session.Id, cancellationToken);
        var agents = await client.AgentType(before.AgentType).GetAgentsAsync(cancellationToken);
        var patterns = await client.Patterns(before.AgentType).SearchAsync(new PatternQuery { Category = "demo" }, cancellationToken);
        return new DemoTypeResult(
            before.AgentType,
            progress.Updates,
            before.Best.Count,
            before.SameBest(after),
            before.Actions,
            before.SameVisits(after),
            after.TotalVisits,
            progress.Episodes,
            session.TaskCount,
            agents.Sum(agent => (long)agent.TotalTasks),
            patterns.Sum(match => (long)match.Pattern.UsageCount));
    }

    private async Task<IReadOnlyList<CheckResult>> CheckAsync(string connectionString, CancellationToken cancellationToken)
    {
        await using var dataSource = NpgsqlDataSource.Create(connectionString);
        return await new ConsistencyCheck(dataSource, time).RunAsync(refreshViews: true, maxExamples: 3, cancellationToken);
    }

    private static async Task LearnAsync(
        QLearningClient client,
        DemoAgentType[] types,
        DemoFleet[] fleets,
        DemoProgress[] progress,
        DemoView view,
        TimeSpan duration,
        CancellationToken cancellationToken)
    {
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task[] agents =
        [
            .. from type in Enumerable.Range(0, types.Length)
               from agent in Enumerable.Range(0, AgentsPerType)
               let seed = (Seed * types.Length * AgentsPerType) + (type * AgentsPerType) + agent
               let twin = client.Agent(types[type].Name, FormattableString.Invariant($"demo-{agent + 1}"))
               select new DemoAgent(types[type], fleets[type], twin, progress[type], seed).RunAsync(stopping.Token),
        ];
        var failed = Task.WhenAll(agents);
        try
        {
            // An agent that fails ends the demo at once, not after the view.
            await await Task.WhenAny(view.ShowAsync(duration, stopping.Token), failed);
        }
        finally
        {
            await stopping.CancelAsync();
            await failed;
        }
    }
}
