namespace QLearning.Deploy.Tests.Compose;

/// <summary><c>docker-compose.yml</c>, with the variables that somebody has set.</summary>
internal sealed class ComposeFile
{
    private static readonly Dictionary<object, object> _file = Yaml.ReadAll("docker-compose.yml").Single();
    private readonly Interpolation _interpolation;
    private readonly Dictionary<object, object> _expanded;

    public ComposeFile(params (string Name, string Value)[] variables)
    {
        _interpolation = new Interpolation(variables.ToDictionary(pair => pair.Name, pair => pair.Value));
        _expanded = (Dictionary<object, object>)Expand(_file)!;
    }

    /// <summary>With a password and nothing else.</summary>
    public static ComposeFile Default { get; } = new(("QLEARNING_PASSWORD", "a'; p$ss"));

    /// <summary>The services by name.</summary>
    public IReadOnlyDictionary<string, object?> Services =>
        _expanded.Entries("services").ToDictionary(service => service.Name, service => service.Value);

    /// <summary>The named volumes.</summary>
    public IEnumerable<string> Volumes => _expanded.Entries("volumes").Select(volume => volume.Name);

    /// <summary>The variables that the file asks for.</summary>
    public IReadOnlyCollection<string> Variables => _interpolation.Asked;

    /// <summary>The services as they stand in the file.</summary>
    public static IEnumerable<(string Name, object? Value)> Written => _file.Entries("services");

    /// <summary>A time of Compose, such as 90s.</summary>
    public static TimeSpan Time(string text)
    {
        Assert.EndsWith("s", text, StringComparison.Ordinal);
        return TimeSpan.FromSeconds(int.Parse(text[..^1], System.Globalization.CultureInfo.InvariantCulture));
    }

    private object? Expand(object? node) => node switch
    {
        string text => _interpolation.Expand(text),
        IDictionary<object, object> map => map.ToDictionary(pair => pair.Key, pair => Expand(pair.Value)!),
        IList<object> list => list.Select(item => Expand(item)!).ToList(),
        _ => node,
    };
}
