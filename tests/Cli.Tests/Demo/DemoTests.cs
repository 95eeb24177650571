using System.Text.Json;

namespace QLearning.Cli.Tests.Demo;

/// <summary><c>qlearn demo</c>, for a second instead of twenty.</summary>
public sealed class DemoTests
{
    private static readonly string[] _counted = ["sessionTasks", "agentTasks", "patternUses"];

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
