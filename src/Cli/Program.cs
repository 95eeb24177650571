using QLearning.Cli;

// By its whole name: a package of the benchmarks has a namespace of that name.
return await QLearning.Cli.CommandLine.RunAsync(args, Output.ToTerminal());
