using System.CommandLine;
using QLearning.Storage.Migrations;
using QLearning.Storage.Roles;

namespace QLearning.Cli.Commands;

/// <summary><c>qlearn db roles</c>: makes the roles that silos, analysts, SQL agents and clients need, with their rights.</summary>
internal static class DbRolesCommand
{
    public static Command Create(Output output)
    {
        var cluster = new ClusterOptions();
        var prefix = new Option<string>("--prefix")
        {
            Description = "What the roles' names begin with.",
            DefaultValueFactory = _ => DatabaseRoles.DefaultPrefix,
        };
        var command = new Command("roles", "Make the roles of silos, analysts, SQL agents and clients, each with the rights it needs.")
        {
            prefix,
        };
        cluster.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var given = parsed.GetRequiredValue(prefix);
            await using var database = await CommandDatabase.OpenAsync(cluster, parsed, mayCreate: false, cancellationToken);
            await SchemaCheck.RequireCurrentAsync(database.ConnectionString, cancellationToken);
            var createRight = await DatabaseRoles.GrantAsync(database.ConnectionString, given, cancellationToken);
            output.WriteLine($"Roles: {string.Join(", ", DatabaseRoles.Names.Select(name => given + name))}.");
            output.WriteLine($"A user of one, in psql: create role NAME login in role {given}silo; \\password NAME");
            Say(createRight, output);
            return ExitCode.Success;
        });
        return command;
    }

    /// <summary>Says what became of the right of all roles to create objects in the schema.</summary>
    public static void Say(CreateRightOfPublic createRight, Output output)
    {
        if (createRight != CreateRightOfPublic.None)
        {
            output.WriteLine(createRight == CreateRightOfPublic.Revoked
                ? "Not everybody may create objects in the schema any more: the right was revoked from PUBLIC."
                : "Everybody may create objects in the schema. Its owner should run: revoke create on schema NAME from public");
        }
    }
}
