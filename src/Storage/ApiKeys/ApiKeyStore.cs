using Npgsql;
using NpgsqlTypes;
using QLearning.Abstractions;
using QLearning.Abstractions.Input;
using QLearning.Storage.Sql;

namespace QLearning.Storage.ApiKeys;

/// <summary>Reads and writes the table <c>api_keys</c>. Every call may throw <see cref="StorageUnavailableException"/>.</summary>
/// <param name="dataSource">The database.</param>
public sealed class ApiKeyStore(NpgsqlDataSource dataSource)
{
    private const string Valid = "revoked_at is null and (expires_at is null or expires_at > now())";
    private const string HolderColumns = "name, scopes, agent_types, expires_at";

    // A use is noted at most once a minute, so that a busy key does not write with each question.
    private const string Use = $"""
        with used as (
            update api_keys set last_used_at = now()
            where hash = $1 and {Valid} and (last_used_at is null or last_used_at < now() - interval '1 minute')
        )
        select {HolderColumns} from api_keys where hash = $1 and {Valid}
        """;

    private const string Insert = $"""
        insert into api_keys (prefix, hash, name, scopes, agent_types, expires_at)
        select $1, $2, $3, $4, $5, now() + $6
        where not exists (select from api_keys where name = $3 and {Valid})
        """;

    // The key before the last one ends now: two are valid at once, never three. A new key lives as long as the old one was meant to.
    private const string Replace = $"""
        with last as (
            select key_id, scopes, agent_types,
                   case when isfinite(expires_at) and isfinite(created_at) then expires_at - created_at end as life
            from api_keys where name = $3 and {Valid} order by created_at desc, key_id limit 1 for update
        ), ended as (
            update api_keys k set
                revoked_at = case when k.key_id = l.key_id then null else now() end,
                expires_at = case when k.key_id = l.key_id then least(k.expires_at, now() + $4) else k.expires_at end
            from last l where k.name = $3 and k.revoked_at is null and (k.expires_at is null or k.expires_at > now())
        )
        insert into api_keys (prefix, hash, name, scopes, agent_types, expires_at)
        select $1, $2, $3, scopes, agent_types, now() + life from last
        """;

    private const string Revoke = "update api_keys set revoked_at = now() where (name = $1 or prefix = $1) and revoked_at is null";

    private const string List = $"""
        select {HolderColumns}, prefix, created_at, revoked_at, last_used_at, {Valid} from api_keys
        order by name, created_at desc
        """;

    /// <summary>Whose a key is; null: there is no such key, or it is revoked or expired.</summary>
    /// <param name="hash">Its hash.</param>
    /// <param name="cancellationToken">Ends the statement.</param>
    public async Task<ApiKeyHolder?> FindAsync(byte[] hash, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(Use);
        command.Parameters.AddValue(hash, NpgsqlDbType.Bytea);
        return await command.ReadFirstAsync(ReadHolder, cancellationToken).OrUnavailableAsync("look an API key up");
    }

    /// <summary>Makes a key; its text is nowhere but in the answer.</summary>
    /// <param name="holder">Its name and what it allows; when it ends follows from <paramref name="life"/>.</param>
    /// <param name="life">How long it lasts, above 0; null: until it is revoked.</param>
    /// <param name="cancellationToken">Ends the statement.</param>
    /// <exception cref="InvalidInputException">Something is not allowed, or a valid key has the name.</exception>
    public async Task<string> AddAsync(ApiKeyHolder holder, TimeSpan? life, CancellationToken cancellationToken)
    {
        ApiKeyCheck.Holder(holder);
        ApiKeyCheck.Life("life of a key", life);
        var key = ApiKey.Create();
        await using var command = dataSource.CreateCommand(Insert);
        command.Parameters
            .AddText(ApiKey.PrefixOf(key))
            .AddValue(ApiKey.HashOf(key), NpgsqlDbType.Bytea)
            .AddText(holder.Name)
            .AddArray(holder.Scopes.Distinct().Select(NameOf), NpgsqlDbType.Text)
            .AddValue(holder.AgentTypes?.Distinct().ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Text)
            .AddValue(life, NpgsqlDbType.Interval);
        var rows = await command.ExecuteNonQueryAsync(cancellationToken).OrUnavailableAsync("add an API key", isWrite: true);
        return rows == 1 ? key : throw InvalidInputException.For(
            "name of a key", holder.Name, "a valid key has it", "another name, or 'qlearn keys rotate' to replace that key");
    }

    /// <summary>Makes the key that replaces the one of a name: with the same scopes, agent types and length of life.</summary>
    /// <param name="name">The name.</param>
    /// <param name="overlap">For how long the old one stays valid, if it does not end before.</param>
    /// <param name="cancellationToken">Ends the statement.</param>
    /// <exception cref="InvalidInputException">There is no valid key of the name.</exception>
    public async Task<string> RotateAsync(string name, TimeSpan overlap, CancellationToken cancellationToken)
    {
        InputCheck.Text("name of a key", name, QLimits.MaxScopeCharacters);
        ApiKeyCheck.Life("overlap of two keys", overlap);
        var key = ApiKey.Create();
        await using var command = dataSource.CreateCommand(Replace);
        command.Parameters
            .AddText(ApiKey.PrefixOf(key))
            .AddValue(ApiKey.HashOf(key), NpgsqlDbType.Bytea)
            .AddText(name)
            .AddValue(overlap, NpgsqlDbType.Interval);
        var rows = await command.ExecuteNonQueryAsync(cancellationToken).OrUnavailableAsync("replace an API key", isWrite: true);
        return rows > 0 ? key : throw Unknown(name);
    }

    /// <summary>Revokes keys: all of a name, or the one that begins so.</summary>
    /// <param name="nameOrPrefix">The name, or the prefix.</param>
    /// <param name="cancellationToken">Ends the statement.</param>
    /// <returns>How many.</returns>
    /// <exception cref="InvalidInputException">There is none that is not revoked.</exception>
    public async Task<int> RevokeAsync(string nameOrPrefix, CancellationToken cancellationToken)
    {
        InputCheck.Text("name of a key", nameOrPrefix, QLimits.MaxScopeCharacters);
        await using var command = dataSource.CreateCommand(Revoke);
        command.Parameters.AddText(nameOrPrefix);
        var rows = await command.ExecuteNonQueryAsync(cancellationToken).OrUnavailableAsync("revoke an API key", isWrite: true);
        return rows > 0 ? rows : throw Unknown(nameOrPrefix);
    }

    /// <summary>All keys, also those that are no longer valid, by name and the newest first.</summary>
    /// <param name="cancellationToken">Ends the statement.</param>
    public async Task<IReadOnlyList<StoredApiKey>> ListAsync(CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(List);
        return await command.ReadAllAsync(
            static reader => new StoredApiKey(
                reader.GetString(4), ReadHolder(reader), reader.GetTime(5), reader.GetTimeOrNull(6), reader.GetTimeOrNull(7),
                reader.GetBoolean(8)),
            cancellationToken).OrUnavailableAsync("list the API keys");
    }

    private static InvalidInputException Unknown(string name) => InvalidInputException.For(
        "name of a key", name, "no such key is valid", "a name that 'qlearn keys list' shows as valid");

    private static ApiKeyHolder ReadHolder(NpgsqlDataReader reader) => new()
    {
        Name = reader.GetString(0),
        Scopes = Array.ConvertAll(reader.GetFieldValue<string[]>(1), static name => Enum.Parse<ApiScope>(name, ignoreCase: true)),
        AgentTypes = reader.IsDBNull(2) ? null : reader.GetFieldValue<string[]>(2),
        ExpiresAt = reader.GetExpiry(3),
    };

    private static string NameOf(ApiScope scope) => scope switch
    {
        ApiScope.Read => "read",
        ApiScope.Learn => "learn",
        ApiScope.Admin => "admin",
        _ => throw InvalidInputException.For("scope of a key", scope, "it is not known", "read, learn, admin"),
    };
}
