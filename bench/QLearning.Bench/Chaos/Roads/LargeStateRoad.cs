using System.Globalization;
using QLearning.Abstractions;

namespace QLearning.Bench.Chaos.Roads;

/// <summary>States with descriptions of 200 KB, new ones in each round.</summary>
internal sealed class LargeStateRoad : IRoad
{
    private const string Type = "requirements-validator";
    private const string Name = "states of 200 KB";
    private const int States = 6;
    private const int Bytes = 150_000;
    private const int RoundsWithNewStates = 40;

    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(150);

    public IReadOnlyList<(string AgentType, string Settings)> AgentTypes { get; } = [(Type, "{}")];

    public Task RunAsync(RoadScene scene, CancellationToken stopping) => scene.RunAsync(scene.Clients.Count, async (client, caller) =>
    {
        State[] states = [.. Enumerable.Range(0, States).Select(number => Create(scene.Round % RoundsWithNewStates, caller, number))];
        for (var i = 0; !stopping.IsCancellationRequested; i++)
        {
            var (state, mode) = (states[i % States], i % 3 == 0 ? WriteMode.Durable : WriteMode.WriteBehind);
            var kind = mode == WriteMode.Durable ? CallKind.Durable : CallKind.WriteBehind;
            await scene.Book.CallAsync(
                [new Call(KeyText.Of(Type, state.Key.ToString()), kind, 1, scene.Book.Now) { Road = Name }],
                () => client.AgentType(Type).LearnAsync(Steps.Last(state), mode));
            await scene.PauseAsync(_pause, stopping);
        }
    });

    // Not to be compressed: base64 makes 200 KB of it.
    private static State Create(int round, int caller, int number)
    {
        var text = new byte[Bytes];
        new Random((round * 1000) + (caller * 100) + number).NextBytes(text);
        return State.FromJson(string.Create(
            CultureInfo.InvariantCulture,
                $$"""{"round": {{round}}, "caller": {{caller}}, "number": {{number}}, "text": "{{Convert.ToBase64String(text)}}"}"""));
    }
}
