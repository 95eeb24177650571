global using CsCheck;
global using Microsoft.Extensions.Time.Testing;
global using QLearning.Abstractions;
global using QLearning.Learning.Exploration;
global using QLearning.Learning.QTables;
global using QLearning.Learning.Rules;
