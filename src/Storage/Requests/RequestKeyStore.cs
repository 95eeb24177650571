using Npgsql;
using NpgsqlTypes;
using QLearning.Abstractions;
using QLearning.Storage.Sql;

namespace QLearning.Storage.Requests;

/// <summary>Reads and writes the table <c>idempotency_keys</c>.</summary>
/// <param name="dataSource">The database.</param>
public sealed class RequestKeyStore(NpgsqlDataSource dataSource)
{
    private const int MaxRaces = 20;

    // A key that does not count any more is as if it were not there. What another claim committed while this statement waited for it is
    // not in its snapshot: then there is no row, and it is asked again.
    private const string ClaimKey = """
        with claimed as (
            insert into idempotency_keys as k (scope, key, request, client_id, first_number, holder, held_until)
            values ($1, $2, $3, $4, $5, $6, now() + $7)
            on conflict (scope, key) do update set
                request = excluded.request, holder = excluded.holder, held_until = excluded.held_until, answer = null,
                client_id = case when k.created_at < now() - $8 then excluded.client_id else k.client_id end,
                first_number = case when k.created_at < now() - $8 then excluded.first_number else k.first_number end,
                created_at = case when k.created_at < now() - $8 then now() else k.created_at end
            where k.created_at < now() - $8 or (k.request = excluded.request and k.answer is null and k.held_until <= now())
            returning k.client_id, k.first_number
        )
        select 0, client_id, first_number, null, interval '0' from claimed
        union all
        select case when k.request <> $3 then 3 when k.answer is not null then 1 else 2 end, k.client_id, k.first_number, k.answer,
               greatest(k.held_until - now(), interval '0')
        from idempotency_keys k where k.scope = $1 and k.key = $2 and not exists (select from claimed)
        """;

    private const string Hold = """
        update idempotency_keys set held_until = now() + $4
        where scope = $1 and key = $2 and holder = $3 and answer is null
        returning 0, client_id, first_number, null::text, interval '0'
        """;

    private const string StoreAnswer =
        "update idempotency_keys set answer = $4 where scope = $1 and key = $2 and request = $3 and answer is null";

    private const string Free = "delete from idempotency_keys where scope = $1 and key = $2 and holder = $3 and answer is null";

    /// <summary>How long a key counts. Its numbers are known for longer: see <c>ExpiredRows.CallIdLife</c>.</summary>
    public static TimeSpan Life { get; } = TimeSpan.FromHours(24);

    /// <summary>Claims a key.</summary>
    /// <param name="claim">The claim; its parts have been checked.</param>
    /// <param name="cancellationToken">Ends the statement.</param>
    /// <exception cref="StorageUnavailableException">PostgreSQL cannot be asked.</exception>
    public async Task<ClaimedRequest> ClaimAsync(RequestClaim claim, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(claim);
        if (claim.IsRenewal)
        {
            return await HoldAsync(claim, claim.HoldFor, cancellationToken)
                ?? new ClaimedRequest(RequestClaimOutcome.Busy, claim.Numbers, null, claim.HoldFor);
        }

        for (var race = 0; race < MaxRaces; race++)
        {
            await using var command = dataSource.CreateCommand(ClaimKey);
            command.Parameters
                .AddText(claim.Scope)
                .AddText(claim.Key)
                .AddValue(claim.Digest, NpgsqlDbType.Bytea)
                .AddValue(claim.Numbers.ClientId, NpgsqlDbType.Uuid)
                .AddValue(claim.Numbers.Number, NpgsqlDbType.Bigint)
                .AddValue(claim.Holder, NpgsqlDbType.Uuid)
                .AddValue(claim.HoldFor, NpgsqlDbType.Interval)
                .AddValue(Life, NpgsqlDbType.Interval);
            var claimed = await command.ReadFirstAsync(Read, cancellationToken).OrUnavailableAsync("claim a request's key");
            if (claimed is not null)
            {
                return claimed;
            }
        }

        return new ClaimedRequest(RequestClaimOutcome.Busy, claim.Numbers, null, claim.HoldFor);
    }

    /// <summary>Stores the answer to a request.</summary>
    /// <param name="claim">Its claim.</param>
    /// <param name="answer">The answer.</param>
    /// <param name="cancellationToken">Ends the statement.</param>
    /// <exception cref="StorageUnavailableException">PostgreSQL cannot be asked.</exception>
    public async Task CompleteAsync(RequestClaim claim, string answer, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(claim);
        await using var command = dataSource.CreateCommand(StoreAnswer);
        command.Parameters.AddText(claim.Scope).AddText(claim.Key).AddValue(claim.Digest, NpgsqlDbType.Bytea).AddText(answer);
        await command.ExecuteNonQueryAsync(cancellationToken).OrUnavailableAsync("store the answer to a request");
    }

    /// <summary>Ends a claim without an answer.</summary>
    /// <param name="claim">The claim.</param>
    /// <param name="isUndone">Whether the key is free for another request.</param>
    /// <param name="cancellationToken">Ends the statement.</param>
    /// <exception cref="StorageUnavailableException">PostgreSQL cannot be asked.</exception>
    public async Task ReleaseAsync(RequestClaim claim, bool isUndone, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(claim);
        if (!isUndone)
        {
            await HoldAsync(claim, TimeSpan.Zero, cancellationToken);
            return;
        }

        await using var command = dataSource.CreateCommand(Free);
        command.Parameters.AddText(claim.Scope).AddText(claim.Key).AddValue(claim.Holder, NpgsqlDbType.Uuid);
        await command.ExecuteNonQueryAsync(cancellationToken).OrUnavailableAsync("release a request's key");
    }

    /// <summary>Holds a key for some time from now on; null: it is not the claim's any more.</summary>
    private async Task<ClaimedRequest?> HoldAsync(RequestClaim claim, TimeSpan holdFor, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(Hold);
        command.Parameters
            .AddText(claim.Scope)
            .AddText(claim.Key)
            .AddValue(claim.Holder, NpgsqlDbType.Uuid)
            .AddValue(holdFor, NpgsqlDbType.Interval);
        return await command.ReadFirstAsync(Read, cancellationToken).OrUnavailableAsync("hold or release a request's key");
    }

    private static ClaimedRequest Read(NpgsqlDataReader reader) => new(
        (RequestClaimOutcome)reader.GetInt32(0),
        new UpdateId(reader.GetGuid(1), reader.GetInt64(2), 1),
        reader.GetTextOrNull(3),
        reader.GetTimeSpan(4));
}
