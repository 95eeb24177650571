using Spectre.Console;

namespace QLearning.Cli;

/// <summary>Tables that fit into 80 columns: two spaces between columns and no frame.</summary>
internal static class Tables
{
    private const int Gap = 2;

    /// <summary>Makes a table.</summary>
    /// <param name="columns">The columns; those whose names begin with <c>&gt;</c> are aligned to the right.</param>
    public static Table Create(params string[] columns)
    {
        var table = new Table().Border(TableBorder.None);
        for (var i = 0; i < columns.Length; i++)
        {
            var isRight = columns[i].StartsWith('>');
            table.AddColumn(new TableColumn(columns[i].TrimStart('>'))
            {
                Alignment = isRight ? Justify.Right : Justify.Left,
                Padding = new Padding(0, 0, i == columns.Length - 1 ? 0 : Gap, 0),
            });
        }

        return table;
    }
}
