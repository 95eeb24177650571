global using QLearning.Abstractions;
global using QLearning.Learning.Exploration;
global using QLearning.Learning.QTables;
