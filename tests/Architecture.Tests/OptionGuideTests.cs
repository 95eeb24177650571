using System.Reflection;
using System.Text.RegularExpressions;
using QLearning.Silo;
using QLearning.Testing;

namespace QLearning.Architecture.Tests;

/// <summary>Whoever sets up a cluster looks its options up: each stands in a table of a guide.</summary>
public sealed partial class OptionGuideTests
{
    // Options of programs that start an embedded server or a test cluster themselves are given in code, and described there.
    private static readonly string[] _inCode = ["Postgres", "TestingHost"];

    private static readonly PropertyInfo[] _options =
    [
        .. from project in SourceFiles.Projects.Except(_inCode)
           from type in Assembly.Load(SourceFiles.AssemblyName(project)).GetExportedTypes()
           where type == typeof(SiloSettings) || type.Name.EndsWith("Options", StringComparison.Ordinal)
           from option in type.GetProperties()
           where option.SetMethod is { IsPublic: true }
           select option,
    ];

    [Fact]
    public void Every_option_stands_in_a_table_of_a_guide()
    {
        var rows = new[] { "configuration.md", "http.md", "operations.md" }
            .SelectMany(guide => File.ReadLines(Path.Combine(Repository.Root, "docs", guide)))
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .SelectMany(line => Name().Matches(line.Split('|')[1]).Select(name => name.Groups[1].Value))
            .ToHashSet(StringComparer.Ordinal);

        Assert.NotEmpty(_options);
        Assert.Empty(_options.Where(option => !rows.Contains(option.Name)).Select(option => $"{option.DeclaringType!.Name}.{option.Name}"));
    }

    [GeneratedRegex("`(?:QLearning:[A-Za-z]+:)?([A-Za-z]+)`")]
    private static partial Regex Name();
}
