using System.Collections;
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

    private static readonly string[] _guides = ["configuration.md", "http.md", "operations.md"];

    private static readonly PropertyInfo[] _options =
    [
        .. from project in SourceFiles.Projects.Except(_inCode)
           from type in Assembly.Load(SourceFiles.AssemblyName(project)).GetExportedTypes()
           where type == typeof(SiloSettings) || type.Name.EndsWith("Options", StringComparison.Ordinal)
           from option in type.GetProperties()
           where option.SetMethod is { IsPublic: true }
               || (option.PropertyType != typeof(string) && option.PropertyType.IsAssignableTo(typeof(IEnumerable)))
           select option,
    ];

    [Fact]
    public void Every_option_stands_in_a_table_of_a_guide_as_often_as_there_are_sections_with_its_name()
    {
        var rows = _guides
            .SelectMany(guide => File.ReadLines(Path.Combine(Repository.Root, "docs", guide)))
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .SelectMany(line => Name().Matches(line.Split('|')[1]).Select(name => name.Groups[1].Value))
            .CountBy(name => name)
            .ToDictionary(StringComparer.Ordinal);

        Assert.NotEmpty(_options);
        Assert.Empty(_options.GroupBy(option => option.Name)
            .Where(same => rows.GetValueOrDefault(same.Key) < same.Count())
            .Select(same => $"{same.Key}: {string.Join(", ", same.Select(option => option.DeclaringType!.Name))}"));
    }

    [GeneratedRegex("`(?:QLearning:[A-Za-z]+:)?([A-Za-z]+)`")]
    private static partial Regex Name();
}
