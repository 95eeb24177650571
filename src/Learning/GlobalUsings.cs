global using QLearning.Abstractions;
global using QLearning.Abstractions.Input;
global using QLearning.Learning.Exploration;
global using QLearning.Learning.QTables;
