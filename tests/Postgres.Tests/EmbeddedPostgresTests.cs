namespace QLearning.Postgres.Tests;

/// <summary>A server that starts, keeps its data and is shared.</summary>
[Collection(Servers.OneAtATime)]
public sealed class EmbeddedPostgresTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Data_survive_a_stop()
    {
        await using (var first = await Servers.StartAsync(_folder.Path))
        {
            await Servers.RunAsync(first.ConnectionString, "create table kept (id int); insert into kept values (7)");
        }

        Assert.Null(EmbeddedPostgres.FindRunning(_folder.Path));
        await using var second = await Servers.StartAsync(_folder.Path);
        Assert.Equal(7, await Servers.AskAsync(second.ConnectionString, "select id from kept"));
    }

    [Fact]
    public async Task Texts_of_every_script_have_letters_and_are_sorted_by_bytes()
    {
        await using var server = await Servers.StartAsync(_folder.Path);
        Assert.Equal("ошибка", await Servers.AskAsync(server.ConnectionString, "select lower('ОШИБКА')"));
        Assert.Equal(true, await Servers.AskAsync(server.ConnectionString, "select 'Z' < 'a' and 'z' < 'é'"));
    }
}
