global using System.Text.Json;
global using ModelContextProtocol.Client;
global using ModelContextProtocol.Protocol;
global using QLearning.Mcp.Tests.Fixtures;
global using QLearning.Testing;
