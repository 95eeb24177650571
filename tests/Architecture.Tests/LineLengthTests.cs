using QLearning.Testing;

namespace QLearning.Architecture.Tests;

/// <summary>No line of C# is longer than a reader's window.</summary>
public sealed class LineLengthTests
{
    private const int Columns = 140;

    [Fact]
    public void No_line_is_longer_than_140_columns()
    {
        var files = SourceFiles.CSharpFiles();
        Assert.NotEmpty(files);
        Assert.Empty(
            from file in files
            from line in File.ReadLines(file).Select((text, index) => (Length: text.EnumerateRunes().Count(), Number: index + 1))
            where line.Length > Columns
            select $"{Path.GetRelativePath(Repository.Root, file)}:{line.Number} has {line.Length} columns");
    }
}
