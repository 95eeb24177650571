using QLearning.Bench;
using QLearning.Cli;

return await BenchProgram.RunAsync(args, Output.ToTerminal());
