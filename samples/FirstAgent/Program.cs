using QLearning.Abstractions;
using QLearning.Client;

// The silos announce themselves in this database: ./qlearn db url --npgsql prints it.
var database = Environment.GetEnvironmentVariable("ConnectionStrings__QLearning")
    ?? throw new InvalidOperationException("Set ConnectionStrings__QLearning to the cluster's connection string.");
await using var client = await QLearningClient.ConnectAsync(database);

// One agent of a type. It is registered when it first acts; its exploration rate and its statistics outlive this program.
var agent = client.Agent("coverage-analyzer", "first-agent");
await agent.EndSessionAsync(SessionStatus.Cancelled); // If an earlier run of this program was interrupted.
var session = await agent.BeginSessionAsync("first steps");

// A pattern is knowledge that agents share. Storing a name again makes a new version.
var patterns = client.Patterns("coverage-analyzer");
var pattern = await patterns.StoreAsync(new NewPattern
{
    Name = "close branch gaps first",
    Type = "strategy",
    DataJson = """{"order": ["branches", "lines"]}""",
    TriggerConditionsJson = """{"branch_coverage": {"$lt": 8}}""",
});

AgentAction[] actions = [AgentAction.Named("quick_scan"), AgentAction.Named("detailed_analysis"), AgentAction.Named("gap_prioritization")];
var first = StateOf(5);
var firstScan = actions[0].Key;
for (var task = 1; task <= 30; task++)
{
    agent.BeginEpisode($"module-{task}");

    // Answered from memory, with this agent's own exploration rate.
    var choice = await agent.SelectActionAsync(first, actions);
    firstScan = choice.Action.Key;
    for (var coverage = 5; coverage < 10; coverage++)
    {
        var found = await patterns.SearchAsync(new PatternQuery { StateJson = StateOf(coverage).Json });

        // Your agent works here. Of this one's actions only 'gap_prioritization' gains anything; the others cost time.
        var reward = choice.Action.Key == actions[2].Key ? 10 : -5;

        // Tells what came of it and asks what to do next in one call; ObserveAsync and SelectActionAsync do one of the two.
        var step = await agent.ObserveAndSelectAsync(
            new AgentOutcome
            {
                Reward = reward,
                NextState = StateOf(coverage + 1),
                Done = coverage == 9,
                PatternsUsed = [.. found.Select(match => match.Pattern.Id)],
            },
            actions);
        choice = step.Selected ?? choice;
    }

    // The episode is over: what it taught, its trajectory, its rewards and the statistics are in PostgreSQL now.
    await patterns.RecordUseAsync(pattern.Id, success: true, reward: 20);
}

// A reward may come late, for what was done, such as when a bug was found weeks after the scan.
await client.AgentType("coverage-analyzer").RecordRewardsAsync([new DelayedReward { State = first.Key, Action = firstScan, Reward = 25 }]);

var me = await agent.GetAsync();
var ended = await agent.EndSessionAsync();
var best = await client.AgentType("coverage-analyzer").GetBestActionAsync(first.Key);
var used = await patterns.GetAsync(pattern.Id);
Console.WriteLine($"{me.TotalTasks} tasks, mean reward {me.AverageReward:0.0}, exploration rate {me.ExplorationRate:0.000}.");
Console.WriteLine($"Session {session.Id}: {ended!.Status}, {ended.TaskCount} tasks, reward {ended.TotalReward:0}.");
Console.WriteLine(
    $"Best action: {best!.Json}, Q-value {best.QValue:0.0}. "
    + $"Pattern '{used.Name}' was used {used.UsageCount} times, confidence {used.Confidence:0.00}.");

static State StateOf(int coverage) => State.FromJson($$"""{"branch_coverage": {{coverage}}}""");
