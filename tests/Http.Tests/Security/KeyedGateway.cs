using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using QLearning.Http.Security;
using QLearning.Silo.Gateway;
using QLearning.Storage.ApiKeys;

namespace QLearning.Http.Tests.Security;

/// <summary>A gateway that asks for keys, on the silo of all tests.</summary>
internal sealed class KeyedGateway : IAsyncDisposable
{
    /// <summary>A key is asked for once: a busy machine may take seconds for its first answer.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly QLearningGateway _gateway;

    private KeyedGateway(QLearningGateway gateway, ServerFixture server, FakeTimeProvider time)
    {
        (_gateway, Time) = (gateway, time);
        Keys = new ApiKeyStore(server.Database.DataSource);
        Url = gateway.HttpUrl;
    }

    public ApiKeyStore Keys { get; }

    public Uri Url { get; }

    /// <summary>The clock of what it remembers of keys.</summary>
    public FakeTimeProvider Time { get; }

    public static async Task<KeyedGateway> StartAsync(
        ServerFixture server,
        ILoggerProvider? log = null,
        Action<SecurityOptions>? change = null,
        string address = "127.0.0.1",
        Action<IServiceCollection>? configure = null)
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        var settings = new GatewaySettings { ConnectionString = server.Database.ConnectionString, Address = address };
        var gateway = await QLearningGateway.StartAsync(
            settings,
            logging => _ = log is null ? logging : logging.AddProvider(log).SetMinimumLevel(LogLevel.Trace),
            services =>
            {
                services
                    .AddSingleton(provider => new KnownApiKeys(provider.GetRequiredService<IQLearningClient>(), time))
                    .Configure<SecurityOptions>(security => change?.Invoke(security))
                    .Configure<QLearningClientOptions>(client => client.ResponseTimeout = Patience);
                configure?.Invoke(services);
            });
        return new KeyedGateway(gateway, server, time);
    }

    /// <summary>A new key of a name of its own.</summary>
    public Task<string> KeyAsync(ApiScope[] scopes, params string[] agentTypes) => Keys.AddAsync(
        new ApiKeyHolder
        {
            Name = $"key {Guid.NewGuid()}",
            Scopes = scopes,
            AgentTypes = agentTypes.Length == 0 ? null : agentTypes,
        },
        null,
        CancellationToken.None);

    /// <summary>Callers with a key; null: without.</summary>
    public Api Caller(string? key) => new(Url, key);

    public ValueTask DisposeAsync() => _gateway.DisposeAsync();
}
