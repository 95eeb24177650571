using System.Text.RegularExpressions;
using QLearning.Storage.Migrations;

namespace QLearning.Storage.Tests.Migrations;

/// <summary>A file of <c>db/functions</c> is the current text of a function: it is applied whenever that text has changed.</summary>
public sealed partial class FunctionFileTests : MigrationTest
{
    private static readonly MigrationScript _one = Text("select 1");
    private static readonly MigrationScript _two = Text("select 2");

    [Fact]
    public void A_file_has_the_one_function_that_it_is_named_after()
    {
        var files = MigrationScript.All.Where(script => MigrationScript.IsFunction(script.Name)).ToList();
        Assert.NotEmpty(files);
        Assert.All(files, file =>
            Assert.Equal(
                [Path.GetFileNameWithoutExtension(MigrationScript.FileOf(file.Name))],
                Created().Matches(file.Sql).Select(one => one.Groups[1].Value)));
    }

    [Fact]
    public async Task A_text_is_applied_once_and_again_when_it_has_changed()
    {
        Assert.Equal([_one.Name], (await MigrateAsync(_one)).Applied);
        Assert.Empty((await MigrateAsync(_one)).Applied);
        Assert.Equal([_two.Name], (await MigrateAsync(_two)).Applied);
        Assert.Equal(2, await Database.QueryAsync<int>("select answer()"));
    }

    [Fact]
    public async Task A_program_with_an_older_text_refuses_a_database_that_has_a_newer_one()
    {
        await MigrateAsync(_one);
        await MigrateAsync(_two);
        var error = await Assert.ThrowsAsync<QLearning.Abstractions.DatabaseNewerException>(() => MigrateAsync(_one));
        Assert.Contains(_two.Name, error.Message, StringComparison.Ordinal);
        Assert.Equal(2, await Database.QueryAsync<int>("select answer()"));
    }

    [Fact]
    public async Task A_function_that_a_program_does_not_know_is_no_reason_to_refuse_the_database()
    {
        await MigrateAsync(_one);
        Assert.Empty((await SchemaMigrator.MigrateAsync(Database.ConnectionString, [], Log, CancellationToken.None)).Applied);
    }

    [Fact]
    public void The_ends_of_lines_do_not_change_a_text() =>
        Assert.Equal(MigrationScript.Of("functions/f.sql", "a\nb").Name, MigrationScript.Of("functions/f.sql", "a\r\nb").Name);

    private static MigrationScript Text(string body) =>
        MigrationScript.Of(
            "functions/answer.sql", $"create or replace function answer() returns int language sql as $body$ {body} $body$;");

    private Task<MigrationReport> MigrateAsync(MigrationScript script) =>
        SchemaMigrator.MigrateAsync(Database.ConnectionString, [script], Log, CancellationToken.None);

    [GeneratedRegex(@"^create or replace function (\w+)\(", RegexOptions.Multiline)]
    private static partial Regex Created();
}
