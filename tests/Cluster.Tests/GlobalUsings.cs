global using QLearning.Abstractions;
global using QLearning.Silo;
global using QLearning.Testing;
