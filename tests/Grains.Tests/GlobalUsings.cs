global using QLearning.Abstractions;
global using QLearning.Grains.Tests.Fixtures;
global using QLearning.Testing;
