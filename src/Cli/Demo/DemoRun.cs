using QLearning.Client;
using QLearning.Silo;

namespace QLearning.Cli.Demo;

/// <summary>
/// Agents of several types learn side by side on a cluster of their own; then everything stops and starts again, and what the cluster
/// answers now is compared with what it answered before.
/// </summary>
internal sealed class DemoRun(Output output, TimeProvider time)
{
    private const int AgentsPerType = 4;
    private const int Seed = 42;

    public async Task<DemoResult> RunAsync(TimeSpan duration, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("qlearning-demo-");
        try
        {
            var settings = new SiloSettings { DataFolder = folder.FullName };
            var types = DemoAgentType.All(Seed);
            DemoProgress[] progress = [.. types.Select(_ => new DemoProgress())];
            output.WriteProgress("Starting a cluster of its own: PostgreSQL and one silo.");
            Memory[] before;
            await using (var silo = await StartAsync(settings, cancellationToken))
            {
                await using var client = await QLearningClient.ConnectAsync(silo.ConnectionString, cancellationToken: cancellationToken);
                output.WriteProgress($"{types.Length * AgentsPerType} agents of {types.Length} types learn for {duration.TotalSeconds:0} s.");
                await LearnAsync(client, types, progress, duration, cancellationToken);
                await Task.WhenAll(types.Select(type => client.AgentType(type.Name).FlushAsync(cancellationToken)));
                before = await AskAsync(client, types, cancellationToken);
                output.WriteProgress("Flushed. Stopping the silo and PostgreSQL.");
            }

            output.WriteProgress("Starting both again, with nothing in memory.");
            await using var second = await StartAsync(settings, cancellationToken);
            await using var reader = await QLearningClient.ConnectAsync(second.ConnectionString, cancellationToken: cancellationToken);
            var after = await AskAsync(reader, types, cancellationToken);
            return new DemoResult([.. types.Select((_, i) => Compare(before[i], after[i], progress[i].Updates))], duration.TotalSeconds);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static Task<QLearningSilo> StartAsync(SiloSettings settings, CancellationToken cancellationToken) =>
        QLearningSilo.StartAsync(settings, Logs.ErrorsToStandardError, cancellationToken: cancellationToken);

    private static async Task<Memory[]> AskAsync(QLearningClient client, DemoAgentType[] types, CancellationToken cancellationToken) =>
        await Task.WhenAll(types.Select(type => Memory.AskAsync(client, type, cancellationToken)));

    private static DemoTypeResult Compare(Memory before, Memory after, long updates) => new(
        before.AgentType,
        updates,
        before.Best.Count,
        before.SameBest(after),
        before.Actions,
        before.SameVisits(after),
        after.TotalVisits);

    private async Task LearnAsync(
        QLearningClient client, DemoAgentType[] types, DemoProgress[] progress, TimeSpan duration, CancellationToken cancellationToken)
    {
        var infos = (await client.GetAgentTypesAsync(cancellationToken)).ToDictionary(info => info.AgentType);
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task[] agents =
        [
            .. from type in Enumerable.Range(0, types.Length)
               from agent in Enumerable.Range(0, AgentsPerType)
               let seed = (Seed * types.Length * AgentsPerType) + (type * AgentsPerType) + agent
               select new DemoAgent(types[type], infos[types[type].Name], client.AgentType(types[type].Name), progress[type], seed)
                   .RunAsync(stopping.Token),
        ];
        var failed = Task.WhenAll(agents);
        try
        {
            // An agent that fails ends the demo at once, not after the view.
            await await Task.WhenAny(new DemoView(types, progress, output, time).ShowAsync(duration, stopping.Token), failed);
        }
        finally
        {
            await stopping.CancelAsync();
            await failed;
        }
    }
}
