namespace QLearning.Mcp.Tests.Fixtures;

/// <summary>Asks as clients of the C# SDK do, held to one version of the protocol.</summary>
internal static class Mcp
{
    public const string Oldest = "2025-06-18";
    public const string Newest = "2026-07-28";

    public static TheoryData<string> Versions => [Oldest, Newest];

    public static Task<McpClient> ConnectAsync(Uri server, string version, string? key = null) => ConnectAsync(
        new HttpClientTransport(new HttpClientTransportOptions
        {
            Endpoint = new Uri(server, "mcp"),
            TransportMode = HttpTransportMode.StreamableHttp,
            AdditionalHeaders = key is null ? null : new Dictionary<string, string> { ["Authorization"] = $"Bearer {key}" },
        }),
        version);

    public static async Task<McpClient> ConnectAsync(IClientTransport transport, string version)
    {
        // A process that starts on a busy machine may take longer to answer than a client waits by itself.
        var patience = TimeSpan.FromMinutes(2);
        var client = await McpClient.CreateAsync(transport, new McpClientOptions
        {
            ProtocolVersion = version,
            DiscoverProbeTimeout = patience,
            InitializationTimeout = patience,
        });
        Assert.Equal(version, client.NegotiatedProtocolVersion);
        return client;
    }

    /// <summary>Calls a tool that must succeed.</summary>
    public static async Task<JsonElement> AskAsync(this McpClient client, string tool, object arguments)
    {
        var result = await client.CallAsync(tool, arguments);
        Assert.False(result.IsError ?? false, $"{tool} answered: {TextOf(result)}");
        return Assert.IsType<JsonElement>(result.StructuredContent);
    }

    /// <summary>Calls a tool that must refuse.</summary>
    public static async Task<string> RefusalAsync(this McpClient client, string tool, object arguments)
    {
        var result = await client.CallAsync(tool, arguments);
        Assert.True(result.IsError, $"{tool} answered: {TextOf(result)}");
        return TextOf(result);
    }

    private static async Task<CallToolResult> CallAsync(this McpClient client, string tool, object arguments) =>
        await client.CallToolAsync(new CallToolRequestParams
        {
            Name = tool,
            Arguments = JsonSerializer.SerializeToElement(arguments).EnumerateObject().ToDictionary(one => one.Name, one => one.Value),
        });

    private static string TextOf(CallToolResult result) => Assert.IsType<TextContentBlock>(Assert.Single(result.Content)).Text;
}
