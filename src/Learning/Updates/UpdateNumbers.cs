namespace QLearning.Learning.Updates;

/// <summary>
/// The numbers of a unit of updates that is learned as a whole: noted as learned with it, or, when it is refused, not at all.
/// </summary>
/// <param name="Windows">Where learned numbers are kept.</param>
/// <param name="Client">Whose updates they are.</param>
/// <param name="SettledBelow">The client sends no number below it again.</param>
/// <param name="Numbers">The number of each update, in their order.</param>
public readonly record struct UpdateNumbers(ClientWindows Windows, Guid Client, long SettledBelow, ReadOnlyMemory<long> Numbers)
{
    /// <summary>Ends a unit of work of a table.</summary>
    internal void Note(QTable table)
    {
        if (Windows is null)
        {
            table.EndUnit(null, []);
            return;
        }

        var client = Windows.Open(Client, SettledBelow);
        foreach (var number in Numbers.Span)
        {
            client.Learned.Add(number);
        }

        client.UnstoredCount += Numbers.Length;
        table.EndUnit(client, Numbers.Span);
    }
}
