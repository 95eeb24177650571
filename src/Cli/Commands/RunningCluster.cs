using System.CommandLine;
using System.Globalization;
using QLearning.Abstractions;
using QLearning.Client;
using QLearning.Silo.Configuration;

namespace QLearning.Cli.Commands;

/// <summary>What commands have in common that ask a running cluster.</summary>
internal static class RunningCluster
{
    // Longer than a program's: who typed a command rather waits for a slow silo than for an error, which a call made once ends with.
    private static readonly TimeSpan _responseTimeout = TimeSpan.FromSeconds(15);

    private const int DefaultRows = 20;
    private const int MaxRows = 1_000_000;

    /// <summary>A client of the cluster that the options name.</summary>
    /// <exception cref="StorageUnavailableException">It does not run.</exception>
    public static Task<QLearningClient> ConnectAsync(ClusterOptions cluster, ParseResult parsed, CancellationToken cancellationToken)
    {
        var connectionString = cluster.FindRunning(parsed)
            ?? throw new StorageUnavailableException(
                $"No cluster runs in '{cluster.Folder(parsed)}'. Start one with 'qlearn serve'.");
        return QLearningClient.ConnectAsync(
            connectionString,
            options =>
            {
                SiloConfiguration.FindCluster(options);
                options.ResponseTimeout = _responseTimeout;
            },
            cancellationToken);
    }

    /// <summary>The option that says how many rows are listed.</summary>
    public static Option<int> Limit()
    {
        var limit = new Option<int>("--limit")
        {
            Description = string.Create(CultureInfo.InvariantCulture, $"The most rows to list, 1 to {MaxRows}."),
            DefaultValueFactory = _ => DefaultRows,
        };
        limit.Validators.Add(result => AllowedValues.CheckNumber(result, "limit", 1, MaxRows));
        return limit;
    }

    /// <summary>Reads page after page.</summary>
    /// <param name="limit">The most rows in all.</param>
    /// <param name="read">Reads so many rows at most after a place.</param>
    public static async Task<List<TRow>> ReadAsync<TRow, TPlace>(
        int limit, Func<int, TPlace?, Task<(IReadOnlyList<TRow> Rows, TPlace? Next)>> read)
        where TPlace : class
    {
        var all = new List<TRow>();
        TPlace? place = null;
        do
        {
            (var rows, place) = await read(Math.Min(limit - all.Count, QLimits.MaxRows), place);
            all.AddRange(rows);
        }
        while (place is not null && all.Count < limit);

        return all;
    }

    /// <summary>A state as it was typed: JSON of an object or array, or its key.</summary>
    /// <exception cref="InvalidInputException">It is neither.</exception>
    public static StateKey StateOf(string typed) => IsJson(typed) ? StateKey.FromJson(typed) : StateKey.Parse(typed);

    /// <summary>An action as it was typed: JSON of an object or array, or its key.</summary>
    /// <exception cref="InvalidInputException">It is neither.</exception>
    public static ActionKey ActionOf(string typed) => IsJson(typed) ? ActionKey.FromJson(typed) : ActionKey.Parse(typed);

    private static bool IsJson(string typed) => typed.TrimStart() is ['{' or '[', ..];
}
