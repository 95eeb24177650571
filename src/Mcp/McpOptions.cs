using System.ComponentModel.DataAnnotations;

namespace QLearning.Mcp;

/// <summary>Settings of the MCP server. Configuration section <c>QLearning:Mcp</c>.</summary>
public sealed class McpOptions
{
    /// <summary>
    /// Host names, without ports, under which the server may be asked over HTTP, and from whose pages browsers may ask it, at most 100.
    /// IP addresses and <c>localhost</c> are always allowed as the server's name, loopback names always as a page's. Default: none.
    /// </summary>
    [MaxLength(100)]
    public IList<string> AllowedHosts { get; } = [];
}
