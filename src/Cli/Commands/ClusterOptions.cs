using System.CommandLine;
using System.CommandLine.Parsing;
using QLearning.Abstractions;
using QLearning.Postgres;
using QLearning.Silo;
using QLearning.Silo.Configuration;

namespace QLearning.Cli.Commands;

/// <summary>Which cluster or database a command works on: a given one, or the embedded default in a folder.</summary>
internal sealed class ClusterOptions
{
    private const string ConnectionVariable = "ConnectionStrings__QLearning";

    // Neither of the two has a default here: what the configuration says may be unreadable, or a password that the help would print.
    public Option<string?> Data { get; } = new("--data")
    {
        Description = $"Folder of the embedded PostgreSQL. Default: {new SiloSettings().DataFolder}, or as configured.",
        HelpName = "folder",
    };

    public Option<string?> Cluster { get; } = new("--cluster")
    {
        Description = $"Connection string or URL of a PostgreSQL of your own, instead of the embedded one. Without it and --data: "
            + $"the variable {ConnectionVariable}, or appsettings.json.",
        HelpName = "address",
    };

    public Option<bool> Json { get; } = new("--json")
    {
        Description = "Print the result as one JSON document.",
    };

    public void AddTo(Command command)
    {
        command.Add(Data);
        command.Add(Cluster);
        command.Validators.Add(result =>
        {
            if (IsTyped(result.GetResult(Data)) && IsTyped(result.GetResult(Cluster)))
            {
                result.AddError("--data and --cluster name two databases. Allowed: one of them.");
            }
        });
    }

    /// <summary>Whether an option was typed, and is not a default or from the environment.</summary>
    public static bool IsTyped(OptionResult? result) => result is { Implicit: false };

    /// <summary>Whether the cluster was typed.</summary>
    public bool IsNamed(ParseResult parsed) => IsTyped(parsed.GetResult(Data)) || IsTyped(parsed.GetResult(Cluster));

    /// <summary>The folder of the embedded PostgreSQL that was typed, or that of the configuration.</summary>
    /// <exception cref="InvalidInputException">The configuration cannot be read.</exception>
    public string Folder(ParseResult parsed) => parsed.GetValue(Data) ?? SiloConfiguration.ReadSettings().DataFolder;

    /// <summary>The connection string that was given, or null. What was typed goes before the environment, also <c>--data</c>.</summary>
    /// <exception cref="InvalidInputException">It cannot be read.</exception>
    public string? Given(ParseResult parsed)
    {
        var isFolderTyped = IsTyped(parsed.GetResult(Data)) && !IsTyped(parsed.GetResult(Cluster));
        var given = isFolderTyped ? null : parsed.GetValue(Cluster) ?? SiloConfiguration.ReadSettings().ConnectionString;
        return given is null ? null : PostgresUrl.ToConnectionString(given);
    }

    /// <summary>The settings of a silo on what was asked for; the others are those of the configuration.</summary>
    /// <exception cref="InvalidInputException">Something cannot be read.</exception>
    public SiloSettings ToSettings(ParseResult parsed)
    {
        var settings = SiloConfiguration.ReadSettings();
        (settings.ConnectionString, settings.DataFolder) = (Given(parsed), Folder(parsed));
        return settings;
    }

    /// <summary>The connection string of a database that runs, without starting one; null when the embedded one is down.</summary>
    public string? FindRunning(ParseResult parsed) =>
        Given(parsed) ?? EmbeddedPostgres.FindRunning(Folder(parsed))?.ConnectionString;
}
