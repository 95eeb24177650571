using System.Globalization;
using QLearning.Abstractions;
using QLearning.Client;

namespace QLearning.Bench.Chaos.Roads;

/// <summary>
/// Rewards that come late: each is reported by two clients in the same moment and once more afterwards, always under its id, and counts
/// once. Some
/// are of a state that was never learned, which only its owner can know.
/// </summary>
internal sealed class LateRewardRoad : IRoad
{
    /// <summary>Its agent type, which is repartitioned meanwhile.</summary>
    public const string Type = "performance-tester";

    private const string Name = "late rewards";
    private const int Callers = 4;
    private const int States = 15;

    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(50);

    public IReadOnlyList<(string AgentType, string Settings)> AgentTypes { get; } = [(Type, """{"partitions": 2}""")];

    public Task RunAsync(RoadScene scene, CancellationToken stopping) => scene.RunAsync(Callers, async (client, caller) =>
    {
        var random = scene.RandomOf(caller);
        var other = scene.Clients[(caller + 1) % scene.Clients.Count];
        for (var i = 0; !stopping.IsCancellationRequested; i++)
        {
            var state = string.Create(CultureInfo.InvariantCulture, $"l{caller}-{random.Next(States)}");
            var learned = new Call(KeyText.Of(Type, state), CallKind.Durable, 1, scene.Book.Now) { Road = Name };
            if (await scene.Book.CallAsync([learned], () => client.AgentType(Type).LearnAsync(Steps.Last(state), WriteMode.Durable)))
            {
                var unknown = string.Create(CultureInfo.InvariantCulture, $"never{caller}-{i}");
                await Task.WhenAll(
                    RewardAsync(scene, state, mustBeRefused: false, [client, other]),
                    i % 4 == 0 ? RewardAsync(scene, unknown, mustBeRefused: true, [client]) : Task.CompletedTask);
            }

            await scene.PauseAsync(_pause, stopping);
        }
    });

    private static async Task RewardAsync(RoadScene scene, string state, bool mustBeRefused, QLearningClient[] clients)
    {
        var reward = new DelayedReward { State = StateKey.Parse(state), Action = Steps.Act.Key, Reward = 1 };
        Call[] calls =
        [
            new(KeyText.Of(Type, state), CallKind.Durable, 1, scene.Book.Now) { Road = Name, MustBeRefused = mustBeRefused },
            new(reward.Id.ToString(), CallKind.Reward, 1, scene.Book.Now) { Road = Name + ": rows", MustBeRefused = mustBeRefused },
        ];
        Array.ForEach(calls, scene.Book.Sent);
        var reports = clients.Select(client => ReportAsync(scene, client, reward, mustBeRefused)).ToList();
        await Task.WhenAll(reports);
        reports.Add(ReportAsync(scene, clients[^1], reward, mustBeRefused));
        var outcomes = await Task.WhenAll(reports);
        var outcome = outcomes.Any(one => one.Outcome == CallOutcome.Acknowledged) ? CallOutcome.Acknowledged
            : outcomes.All(one => one.Outcome == CallOutcome.Refused) ? CallOutcome.Refused
            : CallOutcome.Unknown;
        var error = outcomes.Select(one => one.Error).FirstOrDefault(said => said is not null);
        Array.ForEach(calls, call => call.End(outcome, scene.Book.Now, error));
    }

    // Each report is a call that is noted elsewhere, all of them as one.
    private static async Task<Call> ReportAsync(RoadScene scene, QLearningClient client, DelayedReward reward, bool mustBeRefused)
    {
        var call = new Call(reward.Id.ToString(), CallKind.Reward, 1, scene.Book.Now) { MustBeRefused = mustBeRefused };
        await new CallBook(scene.Time).CallAsync([call], () => client.AgentType(Type).RecordRewardsAsync([reward]));
        return call;
    }
}
