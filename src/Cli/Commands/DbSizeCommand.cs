using System.CommandLine;
using System.Globalization;
using QLearning.Storage.Sizing;
using Spectre.Console;

namespace QLearning.Cli.Commands;

/// <summary><c>qlearn db size</c>: how much a fleet will store. It asks no database.</summary>
internal static class DbSizeCommand
{
    private const double BytesPerMiB = 1024 * 1024;

    public static Command Create(Output output)
    {
        var types = Number("--types", "How many agent types work", 18);
        var tasks = Number("--tasks-per-day", "How many tasks of ten steps each of them does a day", 100);
        var days = Number("--days", "For how many days", StorageForecast.Life);
        var json = new ClusterOptions().Json;
        var command = new Command("size", "Predict how much a fleet will store, from the measured bytes of a row.")
        {
            types, tasks, days, json,
        };
        command.SetAction((parsed, _) =>
        {
            var forecast = StorageForecast.Of(parsed.GetValue(types), parsed.GetValue(tasks), parsed.GetValue(days));
            if (parsed.GetValue(json))
            {
                output.WriteJson(forecast);
            }
            else
            {
                Print(forecast, output);
            }

            return Task.FromResult(ExitCode.Success);
        });
        return command;
    }

    private static void Print(StorageForecast forecast, Output output)
    {
        var tables = Tables.Create("table", ">rows", ">bytes a row", ">MiB");
        foreach (var table in forecast.Tables)
        {
            tables.AddRow(
                table.Table,
                table.Rows.ToString("N0", CultureInfo.InvariantCulture),
                table.BytesPerRow.ToString("N0", CultureInfo.InvariantCulture),
                MiB(table.Bytes));
        }

        output.Result.Write(tables);
        output.Result.WriteLine();
        output.WriteLine(
            $"In all about {MiB(forecast.Bytes)} MiB with indexes. Beside it PostgreSQL keeps its log (max_wal_size, 1 GB).");
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"Trajectories and rewards live {StorageForecast.Life} days (ttlDays), sessions for ever."));
        output.WriteLine(
            $"For as much work this schema's first users were promised under {MiB(forecast.Promised)} MiB: {Verdict(forecast)}.");
    }

    private static string Verdict(StorageForecast forecast) => forecast.Bytes < forecast.Promised
        ? string.Create(CultureInfo.InvariantCulture, $"kept, {forecast.Bytes / forecast.Promised:P0} of it")
        : string.Create(CultureInfo.InvariantCulture, $"not kept, {forecast.Bytes / forecast.Promised:N1} times it");

    private static string MiB(double bytes) =>
        (bytes / BytesPerMiB).ToString(bytes < 10 * BytesPerMiB ? "N2" : "N0", CultureInfo.InvariantCulture);

    private static Option<int> Number(string name, string description, int standard)
    {
        var option = new Option<int>(name)
        {
            Description = string.Create(CultureInfo.InvariantCulture, $"{description}, 1 to {StorageForecast.Largest:N0}."),
            DefaultValueFactory = _ => standard,
        };
        option.Validators.Add(result => AllowedValues.CheckNumber(result, $"number of {name.TrimStart('-')}", 1, StorageForecast.Largest));
        return option;
    }
}
