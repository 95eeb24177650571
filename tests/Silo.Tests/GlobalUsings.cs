global using QLearning.Abstractions;
global using QLearning.Silo.Tests.Fixtures;
global using QLearning.Testing;
