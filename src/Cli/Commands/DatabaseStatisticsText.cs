using System.Globalization;
using QLearning.Storage.Status;
using Spectre.Console;

namespace QLearning.Cli.Commands;

/// <summary>The statistics of a database as tables, with what deserves a look at the end.</summary>
internal static class DatabaseStatisticsText
{
    private const double BytesPerMiB = 1024 * 1024;

    // Smaller ones are always being replaced, and say nothing.
    private const long LargeEnough = 1_000;
    private const double TooDead = 0.1;
    private const double TooConnected = 0.9;
    private const int ShownIndexes = 10;
    private const int ShownName = 24;
    private const long TooLarge = 5_000_000_000;

    public static void Print(DatabaseStatistics statistics, Output output)
    {
        var tables = Tables.Create("table", ">rows", ">dead", ">MiB", ">indexes MiB", ">HOT");
        foreach (var table in statistics.Tables)
        {
            tables.AddRow(
                Markup.Escape(table.Table), Counted.Short(table.Rows), Percent(table.DeadShare), MiB(table.TableBytes),
                MiB(table.IndexBytes), table.HotShare is { } share ? Percent(share) : "-");
        }

        Write(output, tables);
        PrintQValues(statistics, output);
        PrintAgentTypes(statistics, output);
        PrintPatterns(statistics, output);
        PrintIndexes(statistics, output);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"Database {statistics.DatabaseBytes / BytesPerMiB:N1} MiB, {statistics.Connections} of {statistics.MaxConnections} ")
            + "connections used.");
        foreach (var line in WorthALook(statistics))
        {
            output.WriteLine(line);
        }
    }

    /// <summary>What is beyond the limits that the alerts have.</summary>
    public static IEnumerable<string> WorthALook(DatabaseStatistics statistics)
    {
        foreach (var table in statistics.Tables.Where(table => table.Rows + table.DeadRows > LargeEnough && table.DeadShare > TooDead))
        {
            yield return $"{Percent(table.DeadShare)} of {table.Table} are dead rows: docs/troubleshooting.md, 'Tables are bloated'.";
        }

        foreach (var table in statistics.Tables.Where(table => table.TotalBytes > TooLarge))
        {
            yield return $"{table.Table} has {MiB(table.TotalBytes)} MiB: docs/troubleshooting.md, 'The disk fills up'.";
        }

        if (statistics.Connections > TooConnected * statistics.MaxConnections)
        {
            yield return "Nearly all connections are used: docs/troubleshooting.md, 'Too many connections'.";
        }
    }

    private static void PrintQValues(DatabaseStatistics statistics, Output output)
    {
        var table = Tables.Create("agent type", ">Q-values", ">states", ">least", ">mean", ">most", ">visits");
        foreach (var type in statistics.QValues)
        {
            table.AddRow(
                Markup.Escape(type.AgentType), Counted.Short(type.QValues), Counted.Short(type.States), Number(type.Smallest),
                Number(type.Mean), Number(type.Largest), Number(type.MeanVisits));
        }

        Write(output, table);
    }

    private static void PrintAgentTypes(DatabaseStatistics statistics, Output output)
    {
        var table = Tables.Create("agent type", ">sessions", ">trajectories", ">succeeded", ">reward", ">agents");
        foreach (var type in statistics.AgentTypes)
        {
            table.AddRow(
                Markup.Escape(type.AgentType), Counted.Short(type.Sessions), Counted.Short(type.Trajectories),
                type.Trajectories == 0 ? "-" : Percent((double)type.Successful / type.Trajectories), Number(type.MeanReward),
                Counted.Short(type.Agents));
        }

        Write(output, table);
    }

    private static void PrintPatterns(DatabaseStatistics statistics, Output output)
    {
        var table = Tables.Create("top pattern", "agent type", ">uses", ">succeeded", ">reward");
        foreach (var pattern in statistics.Patterns)
        {
            table.AddRow(
                Markup.Escape(Shorten(pattern.Name)), Markup.Escape(pattern.AgentType), Counted.Short(pattern.Uses),
                Percent(pattern.SuccessRate), Number(pattern.MeanReward));
        }

        Write(output, table);
    }

    private static void PrintIndexes(DatabaseStatistics statistics, Output output)
    {
        var table = Tables.Create("least used index", ">scans", ">MiB");
        foreach (var index in statistics.Indexes.Where(index => !index.IsUnique).Take(ShownIndexes))
        {
            table.AddRow(Markup.Escape(index.Index), Counted.Short(index.Scans), MiB(index.Bytes));
        }

        Write(output, table);
    }

    private static void Write(Output output, Table table)
    {
        if (table.Rows.Count > 0)
        {
            output.Result.Write(table);
            output.Result.WriteLine();
        }
    }

    // Never inside a surrogate pair.
    private static string Shorten(string name) => name.Length <= ShownName
        ? name
        : name[..(char.IsHighSurrogate(name[ShownName - 2]) ? ShownName - 2 : ShownName - 1)] + "…";

    private static string MiB(long bytes) => (bytes / BytesPerMiB).ToString("N1", CultureInfo.InvariantCulture);

    private static string Percent(double share) => share.ToString("P0", CultureInfo.InvariantCulture);

    private static string Number(double? number) => number is { } value ? value.ToString("N1", CultureInfo.InvariantCulture) : "-";
}
