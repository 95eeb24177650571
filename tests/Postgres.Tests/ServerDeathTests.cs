using System.Diagnostics;
using System.Runtime.InteropServices;
using QLearning.Abstractions;

namespace QLearning.Postgres.Tests;

/// <summary>A server that was killed is started again where it was, and gets nothing of its starter but what it needs.</summary>
[Collection(Servers.OneAtATime)]
public sealed class ServerDeathTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_killed_server_is_named_dead_and_started_again_on_its_port_with_all_it_acknowledged()
    {
        await using var server = await Servers.StartAsync(_folder.Path);
        // The test's server does not wait for the disk, but what a checkpoint wrote outlives it.
        await Servers.RunAsync(server.ConnectionString, "create table kept (id int); insert into kept values (7)");
        await Servers.RunAsync(server.ConnectionString, "checkpoint");
        Assert.Null(server.FindDeath());
        var (port, process) = (server.Server.Port, server.Server.ProcessId);
        // No connection gets it while the server is down.
        Assert.InRange(port, 32_000, 32_767);

        Kill(process);
        await Eventually.Holds(() => server.FindDeath() is not null, "the server to be dead");

        Assert.StartsWith($"its process {process} is gone", server.FindDeath(), StringComparison.Ordinal);
        Assert.DoesNotContain("\n", server.FindDeath(), StringComparison.Ordinal);
        await server.RestartAsync(CancellationToken.None);
        Assert.Null(server.FindDeath());
        Assert.Equal(port, server.Server.Port);
        Assert.NotEqual(process, server.Server.ProcessId);
        Assert.Equal(7, await Servers.AskAsync(server.ConnectionString, "select id from kept"));
    }

    [Fact]
    public async Task Of_two_that_use_a_server_both_start_it_again_and_it_runs_once()
    {
        await using var first = await Servers.StartAsync(_folder.Path);
        await using var second = await Servers.StartAsync(_folder.Path);
        Kill(first.Server.ProcessId);
        await Eventually.Holds(() => first.FindDeath() is not null, "the server to be dead");

        await Task.WhenAll(first.RestartAsync(CancellationToken.None), second.RestartAsync(CancellationToken.None));

        Assert.Equal((null, null), (first.FindDeath(), second.FindDeath()));
        Assert.Equal(1, await Servers.AskAsync(second.ConnectionString, "select 1"));
    }

    [Fact]
    public async Task A_server_that_does_not_start_again_says_why_in_its_last_words()
    {
        await using var server = await Servers.StartAsync(_folder.Path);
        var settings = _folder.At("postgres/postgresql.conf");
        var right = await File.ReadAllTextAsync(settings);
        await File.WriteAllTextAsync(settings, right + "\nno_such_setting = 1\n");
        Kill(server.Server.ProcessId);
        await Eventually.Holds(() => server.FindDeath() is not null, "the server to be dead");

        await Assert.ThrowsAsync<StorageUnavailableException>(() => server.RestartAsync(CancellationToken.None));

        Assert.Contains("FATAL:", server.FindDeath(), StringComparison.Ordinal);
        await File.WriteAllTextAsync(settings, right);
        await server.RestartAsync(CancellationToken.None);
        Assert.Null(server.FindDeath());
    }

    [Fact]
    public async Task A_server_that_was_stopped_for_good_is_not_started_again()
    {
        var server = await Servers.StartAsync(_folder.Path);
        await server.DisposeAsync();

        await server.RestartAsync(CancellationToken.None);

        Assert.Null(EmbeddedPostgres.FindRunning(_folder.Path));
    }

    [Fact]
    public async Task A_server_inherits_no_descriptor_of_its_starter()
    {
        await using var file = File.Create(_folder.At("inherited"));
        // A copy, which programs that are started get: so a shell hands its pipes and locks to us.
        var copy = Dup((int)file.SafeFileHandle.DangerousGetHandle());
        try
        {
            await using var server = await Servers.StartAsync(_folder.At("data"));

            var held = Directory.EnumerateFileSystemEntries($"/proc/{server.Server.ProcessId}/fd")
                .Select(path => new FileInfo(path).LinkTarget).ToList();
            Assert.NotEmpty(held);
            Assert.DoesNotContain(_folder.At("inherited"), held);
        }
        finally
        {
            _ = Close(copy);
        }
    }

    [Fact]
    public void A_folder_has_data_only_when_a_server_wrote_some()
    {
        Assert.False(EmbeddedPostgres.HasData(_folder.At("new")));
        Assert.False(EmbeddedPostgres.HasData(_folder.Path));
        Assert.False(Directory.Exists(_folder.At("new")));
    }

    private static void Kill(int processId)
    {
        using var process = Process.GetProcessById(processId);
        process.Kill();
    }

    [DllImport("libc", EntryPoint = "dup")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Dup(int descriptor);

    [DllImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Close(int descriptor);
}
