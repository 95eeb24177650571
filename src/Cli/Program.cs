using QLearning.Cli;

return await CommandLine.RunAsync(args, Output.ToTerminal());
