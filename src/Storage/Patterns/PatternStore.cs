using Npgsql;
using NpgsqlTypes;
using QLearning.Abstractions;
using QLearning.Storage.Sql;

namespace QLearning.Storage.Patterns;

/// <summary>Reads and writes the table <c>patterns</c>.</summary>
/// <param name="dataSource">The database.</param>
public sealed class PatternStore(NpgsqlDataSource dataSource)
{
    private const int MaxVersionRaces = 20;

    private const string Columns = """
        pattern_id, agent_type, pattern_name, pattern_type, pattern_category, pattern_data::text, trigger_conditions::text,
        expected_outcome::text, usage_count, success_count, failure_count, coalesce(avg_reward, 0)::float8,
        coalesce(confidence_score, 0.5)::float8, first_seen, last_used, expires_at, version, parent_pattern_id,
        coalesce(metadata, '{}')::text
        """;

    private const string Select = $"select {Columns} from patterns where agent_type = $1 and (expires_at is null or expires_at > now())";

    // Told again with its id, it is there already. The id may also be that of another pattern, which the caller is told.
    private const string Insert = $"""
        with known as (
            select p.* from patterns p where p.pattern_id = $10
        ), inserted as (
            insert into patterns (pattern_id, agent_type, pattern_name, pattern_type, pattern_category, pattern_data, trigger_conditions,
                                  expected_outcome, expires_at, metadata, version, parent_pattern_id)
            select coalesce($10, gen_random_uuid()), $1, $2, $3, $4, $5, $6, $7, now() + $8, $9, coalesce(newest.version, 0) + 1,
                   newest.pattern_id
            from (select 1) one
            left join lateral (
                select p.version, p.pattern_id from patterns p
                where p.agent_type = $1 and p.pattern_name = $2 order by p.version desc limit 1) newest on true
            where not exists (select from known)
            returning *
        )
        select {Columns} from inserted
        union all
        select {Columns} from known
        """;

    // A use moves the expiry as far as its last one did: the time to live counts from the last use. What SQL programs set so far away that
    // it cannot be reckoned with stays. Wilson's bound as in WilsonScore. Counters stay at their end, and those that SQL programs set below
    // 0 count as 0: no row may refuse the uses of others.
    private const string Use = $"""
        with told as (
            select * from unnest($1::uuid[], $2::uuid[], $3::boolean[], $4::numeric[]) as u (use_id, pattern_id, success, reward)
        ), fresh as (
            insert into pattern_uses (use_id, pattern_id) select use_id, pattern_id from told order by use_id
            on conflict (use_id) do nothing
            returning use_id
        ), added as (
            select t.pattern_id, count(*)::int as n, count(*) filter (where t.success)::int as successes, sum(t.reward) as reward
            from told t join fresh f using (use_id) group by t.pattern_id
        ), locked as materialized (
            select p.pattern_id from patterns p join added a using (pattern_id) order by p.pattern_id for no key update of p
        ), counted as (
            update patterns p set
                usage_count = case when p.usage_count > 2147483647 - a.n then p.usage_count else greatest(p.usage_count, 0) + a.n end,
                success_count = case when p.usage_count > 2147483647 - a.n then p.success_count
                                     else least(greatest(p.success_count, 0)::bigint + a.successes, 2147483647)::int end,
                failure_count = case when p.usage_count > 2147483647 - a.n then p.failure_count
                                     else least(greatest(p.failure_count, 0)::bigint + a.n - a.successes, 2147483647)::int end,
                avg_reward = round((coalesce(nullif(p.avg_reward, 'NaN'), 0) * greatest(p.usage_count, 0) + a.reward)
                                   / (greatest(p.usage_count, 0)::bigint + a.n), 4),
                confidence_score = (select round(greatest(0, least(1,
                    (s.p + 3.841458820694124 / (2 * s.n)
                     - 1.959963984540054 * sqrt(s.p * (1 - s.p) / s.n + 3.841458820694124 / (4 * s.n * s.n)))
                    / (1 + 3.841458820694124 / s.n)))::numeric, 4)
                    from (select c.n, least(1, c.successes / c.n) as p
                          from (select greatest(p.usage_count, 0)::float8 + a.n as n,
                                       greatest(p.success_count, 0)::float8 + a.successes as successes) c) s),
                last_used = now(),
                expires_at = case
                    when p.expires_at < '9999-01-01' and coalesce(p.last_used, p.first_seen) between '0001-01-01' and '9999-01-01'
                    then now() + (p.expires_at - coalesce(p.last_used, p.first_seen))
                    else p.expires_at end
            from added a join locked using (pattern_id)
            where p.pattern_id = a.pattern_id
            returning p.*
        )
        select {Columns} from counted
        union all
        select {Columns} from patterns
        where pattern_id in (select pattern_id from told) and pattern_id not in (select pattern_id from counted)
        """;

    // Uses go with it (idx_pattern_uses_pattern). The next version that names it as its parent is found by reading the table of patterns.
    private const string Remove = """
        with found as (
            select p.pattern_id, (select count(*) from pattern_uses u where u.pattern_id = p.pattern_id) as uses
            from patterns p where p.pattern_id = $2 and p.agent_type = $1
        ), gone as (
            delete from patterns p using found f where p.pattern_id = f.pattern_id and not $3
        )
        select uses from found
        """;

    /// <summary>The patterns of an agent type that have not expired.</summary>
    /// <param name="agentType">The agent type.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    /// <exception cref="StorageUnavailableException">PostgreSQL cannot be asked.</exception>
    public async Task<List<Pattern>> LoadAsync(string agentType, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(Select);
        command.Parameters.AddText(agentType);
        return await command.ReadAllAsync(Read, cancellationToken).OrUnavailableAsync($"load the patterns of '{agentType}'");
    }

    /// <summary>Stores a pattern as the next version of its name.</summary>
    /// <param name="agentType">The agent type.</param>
    /// <param name="pattern">The pattern; its parts have been checked.</param>
    /// <param name="cancellationToken">Ends the statement.</param>
    /// <exception cref="UnknownAgentTypeException">The agent type is not registered.</exception>
    /// <exception cref="StorageUnavailableException">PostgreSQL cannot be asked.</exception>
    public Task<Pattern> StoreAsync(string agentType, NewPattern pattern, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        return InsertAsync(agentType, pattern, cancellationToken).OrUnavailableAsync(
            $"store the pattern '{pattern.Name}' of '{agentType}'", missing: () => UnknownAgentTypeException.For(agentType), isWrite: true);
    }

    /// <summary>Counts uses; one whose id was counted already changes nothing. Safe to repeat when its answer was lost.</summary>
    /// <param name="uses">The uses, each id once.</param>
    /// <param name="cancellationToken">Ends the statement.</param>
    /// <returns>The patterns after it.</returns>
    /// <exception cref="UnknownPatternException">A pattern was deleted meanwhile; nothing was counted.</exception>
    /// <exception cref="StatementRefusedException">PostgreSQL refuses the use of one of the patterns; nothing was counted.</exception>
    /// <exception cref="StorageUnavailableException">PostgreSQL cannot be asked.</exception>
    public async Task<List<Pattern>> UseAsync(IReadOnlyCollection<PatternUse> uses, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(uses);
        var command = new NpgsqlBatchCommand(Use);
        command.Parameters
            .AddArray(uses.Select(use => use.Id), NpgsqlDbType.Uuid)
            .AddArray(uses.Select(use => use.PatternId), NpgsqlDbType.Uuid)
            .AddArray(uses.Select(use => use.Success), NpgsqlDbType.Boolean)
            .AddArray(uses.Select(use => (decimal)use.Reward), NpgsqlDbType.Numeric);
        return await RecordAsync(command, uses.Count, cancellationToken).OrUnavailableAsync(
            RecordWork(uses.Count),
            missing: () => UnknownPatternException.For(string.Join(", ", uses.Select(use => use.PatternId).Distinct().Take(3))),
            isWrite: true);
    }

    /// <summary>Deletes a pattern with its recorded uses, or counts them.</summary>
    /// <param name="agentType">Its agent type.</param>
    /// <param name="id">The pattern.</param>
    /// <param name="isDryRun">Only counts.</param>
    /// <param name="cancellationToken">Ends the statement.</param>
    /// <returns>How many rows of each table; null when there is no such pattern.</returns>
    /// <exception cref="StorageUnavailableException">PostgreSQL cannot be asked.</exception>
    public async Task<DeletedRows[]?> RemoveAsync(string agentType, Guid id, bool isDryRun, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(Remove);
        command.Parameters
            .AddText(agentType)
            .AddValue(id, NpgsqlDbType.Uuid)
            .AddValue(isDryRun, NpgsqlDbType.Boolean);
        return await command.ReadFirstAsync(
            static reader => new DeletedRows[] { new("patterns", 1), new("pattern_uses", reader.GetInt64(0)) }, cancellationToken)
            .OrUnavailableAsync($"delete the pattern '{id}' of '{agentType}'", isWrite: !isDryRun);
    }

    private static string RecordWork(int uses) => $"record {uses} uses of patterns";

    private async Task<List<Pattern>> RecordAsync(NpgsqlBatchCommand command, int uses, CancellationToken cancellationToken)
    {
        try
        {
            return await dataSource.ReadOwnAsync(command, Read, cancellationToken);
        }
        catch (PostgresException error) when (
            error.SqlState != PostgresErrorCodes.ForeignKeyViolation && !PostgresErrors.IsPassing(error))
        {
            throw new StatementRefusedException(PostgresErrors.ToCaller(RecordWork(uses), error));
        }
    }

    private async Task<Pattern> InsertAsync(string agentType, NewPattern pattern, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var stored = (await dataSource.ReadOwnAsync(InsertCommand(agentType, pattern), Read, cancellationToken))[0];
                return stored.AgentType == agentType && stored.Name == pattern.Name
                    ? stored
                    : throw InvalidInputException.For(
                        "pattern id", stored.Id, "another pattern has it", "an id of its own for each pattern, or none");
            }
            catch (PostgresException error) when (error.SqlState == PostgresErrorCodes.UniqueViolation && attempt < MaxVersionRaces)
            {
                // Another caller stored this version at the same moment: ours is the next one.
            }
            catch (PostgresException error) when (error.SqlState == PostgresErrorCodes.NumericValueOutOfRange)
            {
                throw InvalidInputException.For(
                    "pattern name", pattern.Name, $"its newest version is {int.MaxValue}, the last one", "another name");
            }
        }
    }

    private static Pattern Read(NpgsqlDataReader reader) => new()
    {
        Id = reader.GetGuid(0),
        AgentType = reader.GetString(1),
        Name = reader.GetString(2),
        Type = reader.GetString(3),
        Category = reader.GetTextOrNull(4),
        DataJson = reader.GetString(5),
        TriggerConditionsJson = reader.GetTextOrNull(6),
        ExpectedOutcomeJson = reader.GetTextOrNull(7),
        UsageCount = reader.GetInt32(8),
        SuccessCount = reader.GetInt32(9),
        FailureCount = reader.GetInt32(10),
        AverageReward = reader.GetDouble(11),
        Confidence = reader.GetDouble(12),
        FirstSeen = reader.GetTime(13),
        LastUsed = reader.GetTimeOrNull(14),
        ExpiresAt = reader.GetExpiry(15),
        Version = reader.GetInt32(16),
        ParentId = reader.GetOrNull<Guid>(17),
        MetadataJson = reader.GetString(18),
    };

    private static NpgsqlBatchCommand InsertCommand(string agentType, NewPattern pattern)
    {
        var command = new NpgsqlBatchCommand(Insert);
        command.Parameters
            .AddText(agentType)
            .AddText(pattern.Name)
            .AddText(pattern.Type)
            .AddText(pattern.Category)
            .AddJson(pattern.DataJson)
            .AddJson(pattern.TriggerConditionsJson)
            .AddJson(pattern.ExpectedOutcomeJson)
            .AddValue(pattern.TimeToLive, NpgsqlDbType.Interval)
            .AddJson(pattern.MetadataJson ?? "{}")
            .AddValue(pattern.Id, NpgsqlDbType.Uuid);
        return command;
    }
}
