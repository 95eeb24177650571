global using QLearning.Abstractions;
global using QLearning.Client.Tests.Fixtures;
global using QLearning.Testing;
