using System.Text.RegularExpressions;

namespace QLearning.Deploy.Tests.Compose;

/// <summary>What the Dockerfile says.</summary>
public sealed class DockerfileTests
{
    private static readonly string[] _lines = [.. Repository.Read("Dockerfile").Replace("\\\n", " ").Split('\n')];

    [Fact]
    public void Each_base_image_has_a_fixed_tag()
    {
        var images = Lines("FROM ").Select(line => line.Split(' ')[0]).ToList();
        Assert.Equal(3, images.Count);
        Assert.All(images, image => Assert.Matches(@":\d+\.\d+(\.\d+)?-[a-z]+$", image));
    }

    [Fact]
    public void Packages_are_restored_from_project_files_alone_and_from_all_that_the_program_is_made_of()
    {
        var restore = Array.FindIndex(_lines, line => line.StartsWith("RUN dotnet restore", StringComparison.Ordinal));
        var sources = Array.FindIndex(_lines, line => line.StartsWith("COPY src/ ", StringComparison.Ordinal));
        Assert.InRange(restore, 0, sources - 1);
        var copied = _lines[..restore].Where(line => line.StartsWith("COPY src/", StringComparison.Ordinal))
            .Select(line => line.Split(' ')[1]);
        var projects = Directory.GetFiles(Repository.At("src"), "*.csproj", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Repository.Root, file))
            .Append("src/Directory.Build.props");
        Assert.Equal(projects.Order(StringComparer.Ordinal), copied.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Whatever_is_copied_exists_and_is_not_kept_from_the_builder()
    {
        var copied = Lines("COPY ").Where(line => !line.StartsWith("--from", StringComparison.Ordinal))
            .SelectMany(line => line.Split(' ').Where(part => !part.StartsWith("--", StringComparison.Ordinal)).SkipLast(1)).ToList();
        var sent = Regex.Matches(Repository.Read(".dockerignore"), "^!(.*)$", RegexOptions.Multiline)
            .Select(match => match.Groups[1].Value).ToList();
        Assert.All(copied, name => Assert.True(Path.Exists(Repository.At(name)), $"{name} does not exist."));
        Assert.All(copied, name => Assert.Contains(
            sent, allowed => name == allowed || name.StartsWith(allowed + "/", StringComparison.Ordinal)));
        Assert.All(sent, name => Assert.True(Path.Exists(Repository.At(name)), $"{name} does not exist."));
    }

    [Fact]
    public void Both_images_run_without_root_and_say_whether_they_are_healthy()
    {
        Assert.Equal(["nobody", "$APP_UID"], Lines("USER "));
        Assert.Equal(2, Lines("HEALTHCHECK ").Length);
    }

    [Fact]
    public void Each_variable_of_the_silo_image_is_one_that_a_silo_reads()
    {
        var image = string.Join('\n', _lines[Array.FindIndex(_lines, line => line.EndsWith(" AS silo", StringComparison.Ordinal))..]);
        var set = Regex.Matches(image, @"(?:^ENV|\s)\s*([A-Za-z_]+)=", RegexOptions.Multiline).Select(match => match.Groups[1].Value)
            .Where(name => !name.StartsWith("--", StringComparison.Ordinal)).ToList();
        Assert.Contains("QLearning__Silo__HttpPort", set);
        Assert.Empty(set.Except(BoundNames.OfSilo));
    }

    private static string[] Lines(string instruction) =>
        [.. _lines.Where(line => line.StartsWith(instruction, StringComparison.Ordinal)).Select(line => line[instruction.Length..])];
}
