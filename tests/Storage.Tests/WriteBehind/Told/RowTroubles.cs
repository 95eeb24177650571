using Npgsql;

namespace QLearning.Storage.Tests.WriteBehind.Told;

/// <summary>
/// Triggers that make trouble for flushes: for the rows of some states always, and for whichever row is the n-th, once. Which one that is
/// goes by sequences, which no roll-back sets back.
/// </summary>
internal static class RowTroubles
{
    /// <summary>What an <c>application_name</c> is that has them.</summary>
    public const string Application = "flush";

    /// <summary>How states end whose rows are refused at once, are refused at the commit, or are swallowed.</summary>
    public static readonly string[] RefusedEnds = ["-refused", "-deferred", "-swallowed"];

    /// <summary>A refusal of a row that is taken at another time.</summary>
    public const string Refusal = "P0001";

    /// <summary>What can happen at a row, or at its commit.</summary>
    public static readonly string[] Kinds = [Refusal, "40P01", "40001", "53100", "55P03", "57014", "25006", "kill"];

    /// <summary>What takes longer than the statement may.</summary>
    public const string Slow = "slow";

    private const string Triggers = $"""
        create sequence visits_of_rows;
        create sequence visits_at_commit;
        create table troubles (sequence text, visit bigint, kind text, primary key (sequence, visit));
        create function make_trouble(visits text) returns void language plpgsql as $$
        declare
            v_kind text;
            v_visit bigint := nextval(visits::regclass);
        begin
            select kind into v_kind from troubles where sequence = visits and visit = v_visit;
            if v_kind = 'kill' then
                perform pg_terminate_backend(pg_backend_pid());
            elsif v_kind = '{Slow}' then
                perform pg_sleep(10);
            elsif v_kind is not null then
                raise 'trouble' using errcode = v_kind;
            end if;
        end $$;
        create function trouble_row() returns trigger language plpgsql as $$
        begin
            perform make_trouble('visits_of_rows');
            if new.state_hash like '%-refused' then raise 'refused'; end if;
            return case when new.state_hash like '%-swallowed' then null else new end;
        end $$;
        create function trouble_commit() returns trigger language plpgsql as $$
        begin
            perform make_trouble('visits_at_commit');
            if new.state_hash like '%-deferred' then raise 'refused at commit'; end if;
            return null;
        end $$;
        create trigger trouble_row before insert or update on q_values for each row
            when (current_setting('application_name') = '{Application}') execute function trouble_row();
        create constraint trigger trouble_commit after insert or update on q_values deferrable initially deferred for each row
            when (current_setting('application_name') = '{Application}') execute function trouble_commit();
        """;

    public static Task CreateAsync(TestDatabase database) => database.ExecuteInAsync(Triggers);

    /// <summary>Sets which trouble comes when, and counts rows anew.</summary>
    public static async Task SetAsync(TestDatabase database, IReadOnlyList<RowTrouble> troubles)
    {
        await using var command = database.DataSource.CreateCommand("""
            with old as (delete from troubles)
            select setval('visits_of_rows', 1, false), setval('visits_at_commit', 1, false)
            """);
        await command.ExecuteNonQueryAsync();
        await using var insert = database.DataSource.CreateCommand(
            "insert into troubles select * from unnest($1::text[], $2::bigint[], $3::text[]) on conflict do nothing");
        insert.Parameters.Add(new NpgsqlParameter<string[]>
        {
            TypedValue = [.. troubles.Select(trouble => trouble.IsAtCommit ? "visits_at_commit" : "visits_of_rows")],
        });
        insert.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. troubles.Select(trouble => (long)trouble.Visit)] });
        insert.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. troubles.Select(trouble => trouble.Kind)] });
        await insert.ExecuteNonQueryAsync();
    }
}
