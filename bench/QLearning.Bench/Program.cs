using QLearning.Bench;
using Spectre.Console;

return await BenchCommand.Create(AnsiConsole.Console, Console.Error).Parse(args).InvokeAsync();
