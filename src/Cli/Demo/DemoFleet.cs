using QLearning.Abstractions;
using QLearning.Client;

namespace QLearning.Cli.Demo;

/// <summary>What the agents of one type share: a session, and some patterns to choose from.</summary>
/// <param name="Session">The session.</param>
/// <param name="Library">The pattern library.</param>
/// <param name="Patterns">The patterns.</param>
internal sealed record DemoFleet(SessionInfo Session, PatternLibraryClient Library, IReadOnlyList<Pattern> Patterns)
{
    public static async Task<DemoFleet> StartAsync(IQLearningClient client, DemoAgentType type, CancellationToken cancellationToken)
    {
        var session = await client.Sessions.StartAsync(type.Name, "demo", cancellationToken);
        var library = client.Patterns(type.Name);
        NewPattern[] patterns =
        [
            new() { Name = $"{type.Name} default order", Type = "strategy", Category = "demo", DataJson = """{"order": "as written"}""" },
            new()
            {
                Name = $"{type.Name} riskiest first",
                Type = "strategy",
                Category = "demo",
                DataJson = """{"order": "by risk"}""",
                TriggerConditionsJson = """{"task_type": {"$in": ["unit", "service"]}}""",
            },
        ];
        var stored = new List<Pattern>();
        foreach (var pattern in patterns)
        {
            stored.Add(await library.StoreAsync(pattern, cancellationToken));
        }

        return new DemoFleet(session, library, stored);
    }
}
