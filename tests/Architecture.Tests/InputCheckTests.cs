using System.Reflection;

namespace QLearning.Architecture.Tests;

/// <summary>Input is checked, and its limits are kept, in one place that grains and clients share: <c>src/Abstractions/Input</c>.</summary>
public sealed class InputCheckTests
{
    private const string Place = "QLearning.Abstractions.Input";

    // Checks of the database, not of input.
    private static readonly string[] _otherChecks = ["QLearning.Storage.Checks", "QLearning.Storage.Migrations"];

    private static readonly Type[] _types =
        [.. SourceFiles.Projects.SelectMany(project => Assembly.Load(SourceFiles.AssemblyName(project)).GetTypes())];

    [Fact]
    public void Only_the_one_place_has_checks_of_input()
    {
        var checks = _types.Where(type => type.Name.EndsWith("Check", StringComparison.Ordinal) && !IsHealthCheck(type)).ToArray();
        Assert.Contains(checks, type => type.Namespace == Place);
        Assert.Empty(checks.Where(type => type.Namespace != Place && !_otherChecks.Contains(type.Namespace)).Select(type => type.FullName));
    }

    [Fact]
    public void Only_the_one_place_says_how_long_a_text_may_be()
    {
        // The command line reads files whose formats are its own.
        var lengths = _types.Where(type => type.Assembly.GetName().Name != "qlearn")
            .SelectMany(type => type.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic))
            .Where(field => field.IsLiteral && field.Name.EndsWith("Characters", StringComparison.Ordinal))
            .ToArray();
        Assert.NotEmpty(lengths);
        Assert.All(lengths, field => Assert.Equal("QLimits", field.DeclaringType!.Name));
    }

    private static bool IsHealthCheck(Type type) => Array.Exists(type.GetInterfaces(), one => one.Name == "IHealthCheck");
}
