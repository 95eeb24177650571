namespace QLearning.Cli.Replay.History;

/// <summary>Makes one text of equal ones: a history names each test in each cycle.</summary>
internal sealed class SharedTexts
{
    private readonly HashSet<string> _texts = new(StringComparer.Ordinal);

    /// <summary>The text that was seen first of those that equal one.</summary>
    public string Once(string text)
    {
        if (_texts.TryGetValue(text, out var known))
        {
            return known;
        }

        _texts.Add(text);
        return text;
    }
}
