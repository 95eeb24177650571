using Npgsql;
using QLearning.Abstractions;
using QLearning.Abstractions.Input;
using QLearning.Storage.Migrations;

namespace QLearning.Storage.Roles;

/// <summary>
/// The roles of a database with no more rights than each needs: <c>silo</c> (rows, no schema), <c>analyst</c> (reads what was learned),
/// <c>sql_agent</c> (calls <c>upsert_q_value</c> and <c>get_best_action</c>) and <c>client</c> (reads where the silos are). They cannot
/// log in: users are made as their members. Not a migration: roles belong to the server and not to the database, often need an
/// administrator who is not the owner, and new tables want the grants anew.
/// </summary>
public static class DatabaseRoles
{
    /// <summary>What the roles' names begin with unless told otherwise.</summary>
    public const string DefaultPrefix = "qlearning_";

    /// <summary>The ends of the roles' names.</summary>
    public static IReadOnlyList<string> Names { get; } = ["silo", "analyst", "sql_agent", "client"];

    private const string SetPrefix = "select set_config('qlearning.role_prefix', $1, true)";

    private const string SetFunctions = "select set_config('qlearning.functions', $1, true)";

    // Roles are the server's: those of another database may have the same names.
    private const string AreGranted = """
        select case when (select count(*) from pg_roles where rolname = any ($1)) = cardinality($1) and to_regclass('q_values') is not null
                    then has_table_privilege($1[1], to_regclass('q_values'), 'insert') else false end
        """;

    private const string MayPublicCreate = "select has_schema_privilege('public', current_schema(), 'create')";

    private const string Grant = """
        do $roles$
        declare
            prefix constant text := current_setting('qlearning.role_prefix');
            silo constant text := prefix || 'silo';
            analyst constant text := prefix || 'analyst';
            sql_agent constant text := prefix || 'sql_agent';
            client constant text := prefix || 'client';
            place constant text := current_schema();
            one record;
        begin
            -- Whoever may create an operator there could have a function with the owner's rights run it.
            execute format('revoke create on schema %I from public', place);
            for one in select unnest(array[silo, analyst, sql_agent, client]) as role loop
                if not exists (select from pg_roles where rolname = one.role) then
                    execute format('create role %I nologin', one.role);
                end if;
                execute format('grant connect on database %I to %I', current_database(), one.role);
                execute format('grant usage on schema %I to %I', place, one.role);
            end loop;

            for one in
                select format('%I.%I', place, c.relname) as name, c.relname::text as relation, c.relkind
                from pg_class c
                where c.relnamespace = quote_ident(place)::regnamespace and c.relname in (
                    'agent_types', 'sessions', 'q_values', 'trajectories', 'rewards', 'patterns', 'agent_states', 'pattern_uses',
                    'q_table_owners', 'q_table_clients', 'sql_changes', 'sql_change_readers', 'idempotency_keys', 'orleans_membership',
                    'orleans_membership_version', 'orleans_grain_state', 'orleans_reminder', 'agent_performance_summary',
                    'pattern_effectiveness', 'orleansquery', 'qlearning_migrations', 'api_keys')
            loop
                execute format('grant select on %s to %I', one.name, silo);
                if one.relkind in ('r', 'p') and one.relation not in ('orleansquery', 'qlearning_migrations', 'api_keys') then
                    execute format('grant insert, update, delete on %s to %I', one.name, silo);
                end if;
                if one.relation in (
                    'agent_types', 'sessions', 'q_values', 'trajectories', 'rewards', 'patterns', 'agent_states', 'pattern_uses',
                    'agent_performance_summary', 'pattern_effectiveness') then
                    execute format('grant select on %s to %I', one.name, analyst);
                end if;
                if one.relation in ('orleansquery', 'orleans_membership', 'orleans_membership_version') then
                    execute format('grant select on %s to %I', one.name, client);
                end if;
            end loop;
            -- A silo notes when a key was used, and makes none.
            execute format('grant update (last_used_at) on %I.api_keys to %I', place, silo);

            for one in
                select c.oid::regclass as name from pg_class c
                where c.relnamespace = quote_ident(place)::regnamespace and c.relkind = 'S' and (
                    c.relname = 'q_table_epochs' or exists (
                        select from pg_depend d join pg_class t on t.oid = d.refobjid
                        where d.objid = c.oid and d.deptype in ('a', 'i') and has_table_privilege(silo, t.oid, 'insert')))
            loop
                execute format('grant usage, select on sequence %s to %I', one.name, silo);
            end loop;

            -- Ours, but not those of extensions or of other programs in the same schema.
            for one in
                select p.oid::regprocedure as signature, p.proname::text as name from pg_proc p
                where p.pronamespace = quote_ident(place)::regnamespace and p.proname = any (string_to_array(
                    current_setting('qlearning.functions'), ','))
            loop
                execute format('revoke execute on function %s from public', one.signature);
                execute format('grant execute on function %s to %I', one.signature, silo);
                -- With the rights of the owner: whoever may call them needs none on the tables.
                if one.name in ('upsert_q_value', 'get_best_action') then
                    execute format('alter function %s security definer', one.signature);
                    execute format('alter function %s set search_path = %I, pg_temp', one.signature, place);
                    execute format('grant execute on function %s to %I', one.signature, sql_agent);
                end if;
                if one.name = 'get_best_action' then
                    execute format('grant execute on function %s to %I', one.signature, analyst);
                end if;
            end loop;
        end
        $roles$
        """;

    /// <summary>
    /// Makes the roles that are not there, and grants each what it needs. From then on only who is granted it may call the functions of the
    /// schema, and only who is granted it may create objects there. It can be run again, and must be after migrations.
    /// </summary>
    /// <param name="connectionString">The database, as the owner of its tables; to make roles he needs <c>createrole</c>.</param>
    /// <param name="prefix">What the roles' names begin with.</param>
    /// <param name="cancellationToken">Ends it; then nothing was changed.</param>
    /// <returns>What became of everybody's right to create objects in the schema.</returns>
    /// <exception cref="InvalidInputException">The prefix is empty or too long.</exception>
    /// <exception cref="StorageUnavailableException">PostgreSQL cannot be asked, or refuses.</exception>
    public static async Task<CreateRightOfPublic> GrantAsync(string connectionString, string prefix, CancellationToken cancellationToken)
    {
        InputCheck.Text("prefix of roles", prefix, QLimits.MaxRolePrefixCharacters);
        await using var database = new MigrationDatabase(connectionString);
        return await database.RunAsync(
            async connection =>
            {
                await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
                await SetAsync(connection, SetPrefix, prefix, cancellationToken);
                await SetAsync(connection, SetFunctions, string.Join(',', Functions()), cancellationToken);
                var couldCreate = await MayPublicCreateAsync(connection, cancellationToken);
                await using var grant = new NpgsqlCommand(Grant, connection);
                await grant.ExecuteNonQueryAsync(cancellationToken);
                var canCreate = await MayPublicCreateAsync(connection, cancellationToken);
                await transaction.CommitAsync(cancellationToken);
                return canCreate ? CreateRightOfPublic.Kept : couldCreate ? CreateRightOfPublic.Revoked : CreateRightOfPublic.None;
            },
            cancellationToken);
    }

    /// <summary>
    /// Grants the roles of the usual names what they need once more, if they were granted it in this database: after a migration new tables
    /// and functions are closed to them, also those of an earlier run that ended before this.
    /// </summary>
    /// <param name="connectionString">The database, as the owner of its tables.</param>
    /// <param name="cancellationToken">Ends it; then nothing was changed.</param>
    /// <returns>What became of everybody's right to create objects in the schema.</returns>
    /// <exception cref="StorageUnavailableException">PostgreSQL cannot be asked, or refuses.</exception>
    public static async Task<CreateRightOfPublic> GrantAgainAsync(string connectionString, CancellationToken cancellationToken) =>
        await AreGrantedAsync(connectionString, DefaultPrefix, cancellationToken)
            ? await GrantAsync(connectionString, DefaultPrefix, cancellationToken)
            : CreateRightOfPublic.None;

    /// <summary>Whether the roles were granted what they need in this database.</summary>
    /// <param name="connectionString">The database.</param>
    /// <param name="prefix">What the roles' names begin with.</param>
    /// <param name="cancellationToken">Ends the question.</param>
    /// <exception cref="StorageUnavailableException">PostgreSQL cannot be asked.</exception>
    public static async Task<bool> AreGrantedAsync(string connectionString, string prefix, CancellationToken cancellationToken)
    {
        await using var database = new MigrationDatabase(connectionString);
        return await database.RunAsync(
            async connection =>
            {
                await using var command = new NpgsqlCommand(AreGranted, connection);
                command.Parameters.Add(new NpgsqlParameter { Value = Names.Select(name => prefix + name).ToArray() });
                return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
            },
            cancellationToken);
    }

    private static async Task<bool> MayPublicCreateAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(MayPublicCreate, connection);
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    // Each has a file of its own, which a test holds.
    private static IEnumerable<string> Functions() => MigrationScript.All.Select(script => MigrationScript.FileOf(script.Name))
        .Where(MigrationScript.IsFunction).Select(file => Path.GetFileNameWithoutExtension(file)!);

    private static async Task SetAsync(NpgsqlConnection connection, string sql, string value, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        command.Parameters.Add(new NpgsqlParameter { Value = value });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
