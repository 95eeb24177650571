global using System.Net;
global using System.Text.Json;
global using QLearning.Abstractions;
global using QLearning.Client;
global using QLearning.Http.Tests.Fixtures;
global using QLearning.Testing;
