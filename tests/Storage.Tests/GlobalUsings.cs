global using QLearning.Abstractions;
global using QLearning.Testing;
