using System.Text.Json;

namespace QLearning.Cli.Tests;

/// <summary><c>qlearn demo</c>, for a second instead of twenty.</summary>
public sealed class DemoTests
{
    [Fact]
    public async Task The_demo_remembers_everything_over_a_restart_and_prints_one_JSON_document()
    {
        using var output = new CapturedOutput();

        Assert.Equal(ExitCode.Success, await output.RunAsync("demo", "--seconds", "1", "--json"));

        var root = JsonDocument.Parse(output.Result).RootElement;
        var types = root.GetProperty("agentTypes").EnumerateArray().ToList();
        Assert.True(root.GetProperty("isRemembered").GetBoolean());
        Assert.Equal(4, types.Count);
        Assert.All(types, type =>
        {
            Assert.True(type.GetProperty("updates").GetInt64() > 0);
            Assert.Equal(type.GetProperty("updates").GetInt64(), type.GetProperty("visits").GetInt64());
            Assert.Equal(type.GetProperty("states").GetInt32(), type.GetProperty("sameBest").GetInt32());
        });
    }
}
