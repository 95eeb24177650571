using QLearning.Abstractions;
using QLearning.Client;

// The silos announce themselves in this database: ./qlearn db url --npgsql prints it.
var database = Environment.GetEnvironmentVariable("ConnectionStrings__QLearning")
    ?? throw new InvalidOperationException("Set ConnectionStrings__QLearning to the cluster's connection string.");
await using var client = await QLearningClient.ConnectAsync(database);
var generators = client.AgentType("test-generator");

// A state is JSON (its key is the hash of its canonical form) or a key of your own; so is an action.
var state = State.FromJson("""{"coverage_gap": 4, "framework": "xunit"}""");
AgentAction[] actions = [AgentAction.Named("use_property_based"), AgentAction.Named("use_example_based")];

for (var episode = 1; episode <= 200; episode++)
{
    // Answered from the grain's memory.
    var choice = await generators.SelectActionAsync(state.Key, actions);

    // Your agent acts here. This one earns more from property-based tests.
    var reward = choice.Action.Key == actions[0].Key ? 12.5 : 3;

    // Acknowledged at once and written behind; WriteMode.Durable waits for the commit.
    await generators.LearnAsync(new Transition { State = state, Action = choice.Action, Reward = reward, Done = true });
}

await generators.FlushAsync();
var best = await generators.GetBestActionAsync(state.Key);
Console.WriteLine($"Best action: {best!.Json} with Q-value {best.QValue:0.00} after {best.VisitCount} visits.");
