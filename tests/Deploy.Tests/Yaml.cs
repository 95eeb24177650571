using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.Serialization;

namespace QLearning.Deploy.Tests;

/// <summary>Reads YAML into dictionaries, lists and texts.</summary>
internal static class Yaml
{
    /// <summary>All documents of a file.</summary>
    /// <param name="name">Its name from the root of the repository.</param>
    public static List<Dictionary<object, object>> ReadAll(string name)
    {
        using var text = new StringReader(Repository.Read(name));
        var deserializer = new DeserializerBuilder().Build();
        var parser = new MergingParser(new Parser(text));
        parser.Consume<StreamStart>();
        var documents = new List<Dictionary<object, object>>();
        while (parser.Accept<DocumentStart>(out _))
        {
            documents.Add(deserializer.Deserialize<Dictionary<object, object>>(parser));
        }

        return documents;
    }

    /// <summary>What stands at a path of names and positions; null where there is nothing.</summary>
    public static object? At(this object? node, params object[] path)
    {
        foreach (var step in path)
        {
            node = (node, step) switch
            {
                (IDictionary<object, object> map, string name) => map.TryGetValue(name, out var value) ? value : null,
                (IList<object> list, int index) when index < list.Count => list[index],
                _ => null,
            };
        }

        return node;
    }

    /// <summary>The text at a path.</summary>
    public static string? Text(this object? node, params object[] path) => node.At(path) as string;

    /// <summary>The entries of a mapping at a path; none where there is no mapping.</summary>
    public static IEnumerable<(string Name, object? Value)> Entries(this object? node, params object[] path) =>
        node.At(path) is IDictionary<object, object> map ? map.Select(pair => ((string)pair.Key, (object?)pair.Value)) : [];

    /// <summary>The items of a list at a path; none where there is no list.</summary>
    public static IEnumerable<object> Items(this object? node, params object[] path) =>
        node.At(path) is IList<object> list ? list : [];

    /// <summary>The texts of a list at a path.</summary>
    public static string[] Texts(this object? node, params object[] path) => [.. node.Items(path).Cast<string>()];
}
