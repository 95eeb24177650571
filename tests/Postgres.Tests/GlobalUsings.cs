global using QLearning.Testing;
