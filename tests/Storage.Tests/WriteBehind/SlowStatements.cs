namespace QLearning.Storage.Tests.WriteBehind;

/// <summary>Statements that are slow by the number of their rows, however fast the machine is.</summary>
internal static class SlowStatements
{
    /// <summary>Makes each statement that inserts more than 300 rows take longer than any time limit; smaller ones are fast.</summary>
    public static Task MakeAsync(TestDatabase database, string table) => database.ExecuteInAsync($"""
        create function slow() returns trigger language plpgsql as $$
            begin
                if tg_level = 'STATEMENT' then
                    perform set_config('test.rows', '0', true);
                    return null;
                end if;
                perform set_config('test.rows', (current_setting('test.rows')::int + 1)::text, true);
                if current_setting('test.rows')::int > 300 then
                    perform pg_sleep(60);
                end if;
                return new;
            end $$;
        create trigger slow_begin before insert on {table} for each statement execute function slow();
        create trigger slow_row before insert on {table} for each row execute function slow();
        """);
}
