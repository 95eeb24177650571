using System.Globalization;
using QLearning.Abstractions;

namespace QLearning.Bench.Chaos.Roads;

/// <summary>Many updates in a call, over all of four partitions, with next states that other partitions own.</summary>
internal sealed class ManyRoad : IRoad
{
    /// <summary>Its agent type, which is repartitioned meanwhile.</summary>
    public const string Type = "code-complexity";

    private const string Name = "many per call";
    private const int Callers = 4;
    private const int BatchSize = 60;
    private const int States = 40;

    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(100);

    public IReadOnlyList<(string AgentType, string Settings)> AgentTypes { get; } = [(Type, """{"partitions": 4}""")];

    public Task RunAsync(RoadScene scene, CancellationToken stopping) => scene.RunAsync(Callers, async (client, caller) =>
    {
        var random = scene.RandomOf(caller);
        var mode = caller < Callers / 2 ? WriteMode.WriteBehind : WriteMode.Durable;
        var kind = mode == WriteMode.Durable ? CallKind.Durable : CallKind.WriteBehind;
        while (!stopping.IsCancellationRequested)
        {
            Transition[] steps =
                [.. Enumerable.Range(0, BatchSize).Select(_ => Steps.To(StateOf(caller, random), StateOf(caller, random)))];
            await scene.Book.CallAsync(
                [.. steps.Select(step => new Call(KeyText.Of(Type, step.State.Key.ToString()), kind, 1, scene.Book.Now) { Road = Name })],
                () => client.AgentType(Type).LearnAsync(steps, mode));
            await scene.PauseAsync(_pause, stopping);
        }
    });

    private static string StateOf(int caller, Random random) =>
        string.Create(CultureInfo.InvariantCulture, $"y{caller}-{random.Next(States)}");
}
