using System.Text.Json;
using QLearning.Cli.Demo;

namespace QLearning.Cli.Tests.Demo;

/// <summary><c>qlearn demo</c>, for a second instead of twenty.</summary>
public sealed class DemoTests
{
    private static readonly string[] _counted = ["sessionTasks", "agentTasks", "patternUses"];

    [Fact]
    public void In_each_world_a_learner_that_takes_the_best_known_action_knows_nearly_all_best_actions_after_a_thousand_tries()
    {
        Assert.All(DemoAgentType.All(42), type =>
        {
            var random = new Random(7);
            var known = new double[type.States.Length, type.Actions.Length];
            var (state, right) = (0, 0);
            for (var i = 0; i < 1_000; i++)
            {
                var all = Enumerable.Range(0, type.Actions.Length).ToArray();
                var action = random.NextDouble() < 0.1 ? random.Next(all.Length) : all.MaxBy(one => known[state, one]);
                var (reward, goesOn) = type.Try(state, action, random);
                var next = random.Next(type.States.Length);
                var future = goesOn ? all.Max(one => known[next, one]) : 0;
                known[state, action] += 0.1 * (reward + (0.95 * future) - known[state, action]);
                state = next;
            }

            for (var s = 0; s < type.States.Length; s++)
            {
                right += type.IsBest(s, Enumerable.Range(0, type.Actions.Length).MaxBy(one => known[s, one])) ? 1 : 0;
            }

            Assert.True(right >= type.States.Length - 1, $"{type.Name}: {right} of {type.States.Length}");
        });
    }

    [Fact]
    public async Task The_demo_remembers_everything_over_a_restart_and_prints_one_JSON_document()
    {
        using var output = new CapturedOutput();

        Assert.Equal(ExitCode.Success, await output.RunAsync("demo", "--seconds", "1", "--json"));

        var root = JsonDocument.Parse(output.Result).RootElement;
        var types = root.GetProperty("agentTypes").EnumerateArray().ToList();
        Assert.True(root.GetProperty("isRemembered").GetBoolean());
        Assert.True(root.GetProperty("isConsistent").GetBoolean());
        Assert.All(root.GetProperty("checks").EnumerateArray(),
            check => Assert.True(check.GetProperty("checked").GetInt64() > 0, check.ToString()));
        Assert.Equal(4, types.Count);
        Assert.NotEqual(0, root.GetProperty("curve").GetArrayLength());
        Assert.All(
            root.GetProperty("curve").EnumerateArray(), point => Assert.InRange(point.GetProperty("bestShare").GetDouble(), 0, 1));
        Assert.All(types, type =>
        {
            Assert.True(type.GetProperty("updates").GetInt64() > 0);
            Assert.Equal(type.GetProperty("updates").GetInt64(), type.GetProperty("visits").GetInt64());
            foreach (var counted in _counted)
            {
                Assert.Equal(type.GetProperty("episodes").GetInt64(), type.GetProperty(counted).GetInt64());
            }

            Assert.Equal(type.GetProperty("states").GetInt32(), type.GetProperty("sameBest").GetInt32());
        });
    }
}
