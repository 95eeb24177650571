using System.CommandLine;
using System.Globalization;
using QLearning.Abstractions;

namespace QLearning.Cli.Commands;

/// <summary>What commands have in common that remove something: a dry run, or a word that it is meant.</summary>
internal sealed class RemovalOptions
{
    private readonly Option<bool> _dryRun = new("--dry-run") { Description = "Only count what would go." };
    private readonly Option<bool> _yes = new("--yes") { Description = "Do it." };

    public ClusterOptions Cluster { get; } = new();

    public void AddTo(Command command)
    {
        command.Add(_dryRun);
        command.Add(_yes);
        command.Add(Cluster.Json);
        Cluster.AddTo(command);
        command.Validators.Add(result =>
        {
            if (result.GetValue(_dryRun) == result.GetValue(_yes))
            {
                result.AddError("What is removed does not come back. Allowed: --dry-run to count what would go, or --yes to do it.");
            }
        });
    }

    /// <summary>Whether nothing is to be removed.</summary>
    public bool IsDryRun(ParseResult parsed) => parsed.GetValue(_dryRun);

    /// <summary>Shows what went, or would.</summary>
    public void Print(ParseResult parsed, string what, IReadOnlyList<DeletedRows> rows, Output output)
    {
        var isDryRun = IsDryRun(parsed);
        if (parsed.GetValue(Cluster.Json))
        {
            output.WriteJson(new { isDryRun, what, rows });
            return;
        }

        var counts = string.Join(", ", rows.Select(table => string.Create(CultureInfo.InvariantCulture, $"{table.Table} {table.Rows:N0}")));
        output.WriteLine($"{(isDryRun ? "would remove" : "removed")} {what}: {counts}");
    }
}
