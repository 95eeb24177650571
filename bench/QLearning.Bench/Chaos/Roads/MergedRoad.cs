using System.Globalization;
using QLearning.Abstractions;
using QLearning.Client;

namespace QLearning.Bench.Chaos.Roads;

/// <summary>
/// Calls that are made in the same moment and so go as one, good ones among such as the owner of their state refuses: single ones, batches
/// of
/// one state, which are refused whole, and batches over both partitions, of which the other partition's part is learned.
/// </summary>
internal sealed class MergedRoad : IRoad
{
    private const string Type = "security-scanner";
    private const string Name = "merged, with refusals";
    private const int States = 20;
    private const int Singles = 12;
    private const int BatchSize = 6;

    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(60);

    public IReadOnlyList<(string AgentType, string Settings)> AgentTypes { get; } =
        [(Type, """{"learningRule": "sarsa", "partitions": 2}""")];

    public Task RunAsync(RoadScene scene, CancellationToken stopping) => scene.RunAsync(scene.Clients.Count, async (client, caller) =>
    {
        var random = scene.RandomOf(caller);
        for (var i = 0; !stopping.IsCancellationRequested; i++)
        {
            var mode = i % 2 == 0 ? WriteMode.WriteBehind : WriteMode.Durable;
            await Task.WhenAll(Together(scene, client.AgentType(Type), caller, random, mode).ToList());
            await scene.PauseAsync(_pause, stopping);
        }
    });

    private static IEnumerable<Task> Together(RoadScene scene, AgentTypeClient type, int caller, Random random, WriteMode mode)
    {
        for (var i = 0; i < Singles; i++)
        {
            yield return LearnAsync(scene, type, mode, [Step(caller, random, isWrong: i % 4 == 3)]);
        }

        var state = StateOf(caller, random);
        yield return LearnAsync(
            scene, type, mode, [.. Enumerable.Range(0, BatchSize).Select(_ => Steps.Last(state)), Steps.Wrong(state, state)]);
        yield return LearnAsync(
            scene, type, mode, [.. Enumerable.Range(0, BatchSize).Select(i => Step(caller, random, isWrong: i == BatchSize / 2))]);
    }

    private static Task<bool> LearnAsync(RoadScene scene, AgentTypeClient type, WriteMode mode, Transition[] steps)
    {
        // All of one state are in one partition, and so refused together.
        var isOneState = steps.Select(step => step.State.Key).Distinct().Count() == 1;
        var isWrong = isOneState && steps.Any(IsWrong);
        var kind = mode == WriteMode.Durable ? CallKind.Durable : CallKind.WriteBehind;
        return scene.Book.CallAsync(
            [.. steps.Select(step => new Call(KeyText.Of(Type, step.State.Key.ToString()), kind, 1, scene.Book.Now)
            {
                Road = Name,
                MustBeRefused = isWrong || IsWrong(step),
                RefusedWithOthers = !isOneState && steps.Any(IsWrong),
            })],
            () => steps.Length == 1 ? type.LearnAsync(steps[0], mode) : type.LearnAsync(steps, mode));
    }

    private static bool IsWrong(Transition step) => step is { Done: false, NextAction: null };

    private static string StateOf(int caller, Random random) =>
        string.Create(CultureInfo.InvariantCulture, $"m{caller}-{random.Next(States)}");

    private static Transition Step(int caller, Random random, bool isWrong)
    {
        var (state, next) = (StateOf(caller, random), StateOf(caller, random));
        return isWrong ? Steps.Wrong(state, next) : random.Next(2) == 0 ? Steps.Last(state) : Steps.To(state, next);
    }
}
