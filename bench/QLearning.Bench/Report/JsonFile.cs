using System.CommandLine;
using System.Text.Json;

namespace QLearning.Bench.Report;

/// <summary>The option <c>--json</c> of every benchmark.</summary>
internal static class JsonFile
{
    private static readonly JsonSerializerOptions _json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static Option<string?> Create() =>
        new("--json") { Description = "Also write the result to this file, as JSON.", HelpName = "file" };

    /// <summary>Writes a result to the file that was given, if one was.</summary>
    public static async Task WriteAsync<T>(ParseResult given, Option<string?> file, T result, CancellationToken cancellationToken)
    {
        if (given.GetValue(file) is { } path)
        {
            await File.WriteAllTextAsync(path, JsonSerializer.Serialize(result, _json) + "\n", cancellationToken);
        }
    }
}
