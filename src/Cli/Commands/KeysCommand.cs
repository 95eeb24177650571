using System.CommandLine;
using System.Globalization;
using Npgsql;
using QLearning.Abstractions;
using QLearning.Storage.ApiKeys;
using Spectre.Console;

namespace QLearning.Cli.Commands;

/// <summary>
/// <c>qlearn keys add|list|rotate|revoke</c>: keys of callers over HTTP, on the database and with no silo between, so that whoever may make
/// keys is who may write the database.
/// </summary>
internal static class KeysCommand
{
    private const string Shown = "It is shown this once; only its hash is stored.";

    public static Command Create(Output output) => new("keys", "Make, list, replace and revoke the keys of callers over HTTP.")
    {
        CreateAdd(output),
        CreateList(output),
        CreateRotate(output),
        CreateRevoke(output),
    };

    private static Command CreateAdd(Output output)
    {
        var name = Name();
        var scope = new Option<ApiScope[]>("--scope")
        {
            Description = "What it allows, once for each: read, learn, admin. An agent needs read and learn.",
            DefaultValueFactory = _ => [ApiScope.Read, ApiScope.Learn],
        };
        // An enum is also read from a number and from a list, 'read,learn', of which it makes another scope.
        scope.AcceptOnlyFromAmong(StringComparer.OrdinalIgnoreCase, "read", "learn", "admin");
        var type = new Option<string[]>("--agent-type") { Description = "An agent type that it is for, once for each. Default: all." };
        var days = new Option<double?>("--days") { Description = "In how many days it ends. Default: when it is revoked." };
        days.Validators.Add(AllowedValues.CheckDays);
        var command = new Command("add", "Make a key.") { name, scope, type, days };
        return With(command, output, async (store, parsed, isJson, token) =>
        {
            var holder = new ApiKeyHolder
            {
                Name = parsed.GetRequiredValue(name),
                Scopes = parsed.GetRequiredValue(scope),
                AgentTypes = parsed.GetValue(type) is { Length: > 0 } types ? types : null,
            };
            var life = parsed.GetValue(days) is { } given ? TimeSpan.FromDays(given) : (TimeSpan?)null;
            Print(await store.AddAsync(holder, life, token), holder.Name, isJson, output);
        });
    }

    private static Command CreateRotate(Output output)
    {
        var name = Name();
        var overlap = new Option<double>("--overlap-days")
        {
            Description = "For how many days the old key stays valid.",
            DefaultValueFactory = _ => 1,
        };
        overlap.Validators.Add(AllowedValues.CheckDays);
        var command = new Command("rotate", "Make the key that replaces the one of a name; both are valid for a while.") { name, overlap };
        return With(command, output, async (store, parsed, isJson, token) =>
        {
            var called = parsed.GetRequiredValue(name);
            Print(await store.RotateAsync(called, TimeSpan.FromDays(parsed.GetRequiredValue(overlap)), token), called, isJson, output);
        });
    }

    private static Command CreateRevoke(Output output)
    {
        var name = new Argument<string>("name")
        {
            Description = "Its name, or its first twelve characters if another of the name is to stay.",
        };
        var command = new Command("revoke", "End a key: servers refuse it within ten seconds.") { name };
        return With(command, output, async (store, parsed, isJson, token) =>
        {
            var count = await store.RevokeAsync(parsed.GetRequiredValue(name), token);
            if (isJson)
            {
                output.WriteJson(new { revoked = count });
            }
            else
            {
                output.WriteLine($"{Counted.Of(count, "key")} revoked.");
            }
        });
    }

    private static Command CreateList(Output output) => With(
        new Command("list", "List the keys, also those that have ended."),
        output,
        async (store, _, isJson, token) =>
        {
            var keys = await store.ListAsync(token);
            if (isJson)
            {
                output.WriteJson(keys);
                return;
            }

            var table = Tables.Create("name", "key", "scopes", "agent types", "ends", "last used", "valid");
            // 'revoke' takes it: it is copied from here.
            table.Columns[1].NoWrap();
            foreach (var key in keys)
            {
                table.AddRow(
                    Markup.Escape(key.Holder.Name),
                    $"{key.Prefix}…",
                    string.Join(' ', key.Holder.Scopes).ToLowerInvariant(),
                    key.Holder.AgentTypes is { } types ? Markup.Escape(string.Join(' ', types)) : "all",
                    DayOf(key.RevokedAt ?? key.Holder.ExpiresAt),
                    DayOf(key.LastUsedAt),
                    key.IsValid ? "yes" : "no");
            }

            output.Result.Write(table);
        });

    private static Command With(
        Command command, Output output, Func<ApiKeyStore, ParseResult, bool, CancellationToken, Task> run)
    {
        var cluster = new ClusterOptions();
        cluster.AddTo(command);
        command.Add(cluster.Json);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var database = await CommandDatabase.OpenAsync(cluster, parsed, mayCreate: false, cancellationToken);
            await using var source = NpgsqlDataSource.Create(database.ConnectionString);
            await run(new ApiKeyStore(source), parsed, parsed.GetValue(cluster.Json), cancellationToken);
            return ExitCode.Success;
        });
        return command;
    }

    private static Argument<string> Name() => new("name") { Description = "Whose key it is; the audit log has it." };

    private static void Print(string key, string name, bool isJson, Output output)
    {
        if (isJson)
        {
            output.WriteJson(new { name, key });
            return;
        }

        output.WriteLine(key);
        output.WriteProgress($"This is the key of '{name}'. {Shown} Send it as: Authorization: Bearer qlk_…");
    }

    private static string DayOf(DateTimeOffset? time) =>
        time?.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) ?? "never";
}
