using Npgsql;
using QLearning.Storage.Migrations;

namespace QLearning.Storage.Tests.Migrations;

/// <summary>Migrations are applied in order, once, one process at a time, each whole or not at all.</summary>
public sealed class SchemaMigratorTests : MigrationTest
{
    [Fact]
    public async Task A_fresh_database_gets_all_and_a_second_run_applies_nothing()
    {
        var first = await MigrateAsync();
        Assert.Equal(MigrationScript.All.Count, first.Applied.Count);
        Assert.Equal(MigrationScript.All.Select(script => script.Name), first.Applied);
        Assert.Equal("qlearning/0033_autovacuum_of_trajectories, orleans/0006_autovacuum", first.Version);
        var before = await RelationsAsync();
        var second = await MigrateAsync();
        Assert.Empty(second.Applied);
        Assert.Equal(first.Version, second.Version);
        Assert.Equal(before, await RelationsAsync());
    }

    [Fact]
    public async Task The_status_tells_a_fresh_database_from_a_migrated_one()
    {
        var fresh = await StatusAsync();
        Assert.Equal(
            (false, 0, MigrationScript.All.Count, false, ""),
            (fresh.HasJournal, fresh.Applied.Count, fresh.Pending.Count, fresh.IsCurrent, fresh.Version));
        await MigrateAsync();
        var migrated = await StatusAsync();
        Assert.Equal(
            (true, MigrationScript.All.Count, 0, true),
            (migrated.HasJournal, migrated.Applied.Count, migrated.Pending.Count, migrated.IsCurrent));
    }

    [Fact]
    public async Task A_newer_database_is_refused_and_left_alone()
    {
        await MigrateAsync();
        await Database.ExecuteInAsync("""
            insert into qlearning_migrations (scriptname, applied) values ('qlearning/9999_future.sql', now());
            delete from qlearning_migrations where scriptname = 'orleans/0004_reminders.sql';
            """);
        var before = await RelationsAsync();
        var error = await Assert.ThrowsAsync<DatabaseNewerException>(MigrateAsync);
        Assert.Contains("qlearning/9999_future.sql", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, await RelationsAsync());
        Assert.Equal(MigrationScript.All.Count, await CountAsync("qlearning_migrations"));
        await Assert.ThrowsAsync<DatabaseNewerException>(
            () => SchemaCheck.RequireCurrentAsync(Database.ConnectionString, CancellationToken.None));
    }

    [Fact]
    public async Task Processes_that_start_at_once_take_turns()
    {
        var reports = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => MigrateAsync()));
        Assert.Equal([0, 0, MigrationScript.All.Count], reports.Select(report => report.Applied.Count).Order());
        Assert.Equal(MigrationScript.All.Count, await CountAsync("qlearning_migrations"));
    }

    [Fact]
    public async Task A_migration_may_take_longer_than_the_time_limits_of_role_and_database()
    {
        await Database.ExecuteInAsync("""
            do $$ begin
                execute format('alter database %I set statement_timeout = ''3s''', current_database());
                execute format('alter database %I set lock_timeout = ''2s''', current_database());
                if current_setting('transaction_timeout', true) is not null then
                    execute format('alter database %I set transaction_timeout = ''4s''', current_database());
                end if;
            end $$;
            create table busy (id int)
            """);
        MigrationScript[] scripts =
        [
            new("qlearning/0001_slow.sql", "select pg_sleep(5); create table slow (id int)"),
            new("qlearning/0002_waits.sql", "alter table busy add column more int"),
        ];
        var held = await HeldLock.TakeAsync(Database, "lock table busy");
        var migration = SchemaMigrator.MigrateAsync(Database.ConnectionString, scripts, Log, CancellationToken.None);
        const string Waiting = """
            select 1 as n from pg_locks
            where not granted and relation = 'busy'::regclass and waitstart < clock_timestamp() - interval '3500 ms'
            """;
        // The limits of the database are not for the queries of this test.
        await using var patient = NpgsqlDataSource.Create(
            Database.ConnectionString + ";Options=-c statement_timeout=0 -c lock_timeout=0");
        await Eventually.Holds(
            async () => migration.IsCompleted || (await RowsAsync(patient, Waiting)).Count == 1, "the second migration waits");
        await held.DisposeAsync();
        Assert.Equal(2, (await migration).Applied.Count);
    }

    [Fact]
    public async Task A_migration_that_fails_changes_nothing_and_those_before_it_stay()
    {
        MigrationScript[] scripts =
        [
            new("qlearning/0001_good.sql", "create table good (id int)"),
            new("qlearning/0002_bad.sql", "create table half (id int); select 1 / 0;"),
            new("qlearning/0003_after.sql", "create table after (id int)"),
        ];
        var error = await Assert.ThrowsAsync<MigrationFailedException>(
            () => SchemaMigrator.MigrateAsync(Database.ConnectionString, scripts, Log, CancellationToken.None));
        Assert.Contains("'qlearning/0002_bad.sql'", error.Message, StringComparison.Ordinal);
        Assert.Contains("22012", error.Message, StringComparison.Ordinal);
        Assert.Equal(["good"], await RowsAsync("select tablename from pg_tables where tablename in ('good', 'half', 'after')"));
        Assert.Equal(["qlearning/0001_good.sql"], await RowsAsync("select scriptname from qlearning_migrations"));
        scripts[1] = new("qlearning/0002_bad.sql", "create table half (id int)");
        var report = await SchemaMigrator.MigrateAsync(Database.ConnectionString, scripts, Log, CancellationToken.None);
        Assert.Equal(["qlearning/0002_bad.sql", "qlearning/0003_after.sql"], report.Applied);
    }

    [Fact]
    public async Task Cancelling_ends_between_two_migrations()
    {
        await Database.ExecuteInAsync("create table busy (id int)");
        MigrationScript[] scripts =
        [
            new("qlearning/0001_waits.sql", "alter table busy add column more int"),
            new("qlearning/0002_after.sql", "create table after (id int)"),
        ];
        using var cancellation = new CancellationTokenSource();
        var held = await HeldLock.TakeAsync(Database, "lock table busy");
        var migration = SchemaMigrator.MigrateAsync(Database.ConnectionString, scripts, Log, cancellation.Token);
        await Eventually.Holds(
            async () => (await RowsAsync("select 1 as n from pg_locks where not granted and relation = 'busy'::regclass")).Count == 1,
            "the first migration waits");
        await cancellation.CancelAsync();
        await held.DisposeAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => migration);
        Assert.Equal(["qlearning/0001_waits.sql"], await RowsAsync("select scriptname from qlearning_migrations"));
        Assert.Equal(["busy"], await RowsAsync("select tablename from pg_tables where tablename in ('busy', 'after')"));
    }

    [Fact]
    public async Task A_schema_that_lacks_migrations_is_refused_until_it_is_migrated()
    {
        var error = await Assert.ThrowsAsync<DatabaseOutdatedException>(
            () => SchemaCheck.RequireCurrentAsync(Database.ConnectionString, CancellationToken.None));
        Assert.Contains(
            $"lacks {MigrationScript.All.Count} migrations, the first is qlearning/0001_adoption_check.sql",
            error.Message,
            StringComparison.Ordinal);
        Assert.Empty(await RelationsAsync());
        await MigrateAsync();
        await SchemaCheck.RequireCurrentAsync(Database.ConnectionString, CancellationToken.None);
        Assert.True((await StatusAsync()).IsCurrent);
    }

    [Theory]
    [InlineData("Host=127.0.0.1;Port=1;Username=u;Password=sEcret-9;Timeout=1")]
    [InlineData("Host=127.0.0.1;Port=1;Username=u;Password=sEcret;-9;Database=d")]
    [InlineData("Host=127.0.0.1;Port=none;Password=sEcret-9")]
    [InlineData("postgresql://u:sEcret-9@127.0.0.1/d")]
    public async Task No_error_tells_the_password(string connectionString)
    {
        var error = await Assert.ThrowsAsync<StorageUnavailableException>(
            () => SchemaMigrator.MigrateAsync(connectionString, Log, CancellationToken.None));
        Assert.DoesNotContain("sEcret", error.ToString(), StringComparison.Ordinal);
    }
}
