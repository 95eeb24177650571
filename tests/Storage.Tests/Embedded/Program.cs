using Microsoft.Extensions.Logging.Abstractions;
using QLearning.Storage.Embedded;

namespace QLearning.Storage.Tests.Embedded;

/// <summary>Another process that uses an embedded server: it says where the server answers and stays until its input ends.</summary>
public static class Program
{
    public static async Task<int> Main(string[] args)
    {
        var options = new EmbeddedPostgresOptions { Folder = args[0], Fsync = false };
        await using var server = await EmbeddedPostgres.StartAsync(options, NullLogger.Instance, TimeProvider.System, CancellationToken.None);
        await Console.Out.WriteLineAsync(server.ConnectionString);
        await Console.In.ReadToEndAsync();
        return 0;
    }
}
