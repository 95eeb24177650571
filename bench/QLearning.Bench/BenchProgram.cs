using QLearning.Cli;

namespace QLearning.Bench;

/// <summary>
/// The program of the benchmarks, which <c>./qlearn bench</c> starts: signals, errors and exit codes are those of <c>qlearn</c>.
/// </summary>
internal static class BenchProgram
{
    /// <summary>Its name, without the extension.</summary>
    public static string Name { get; } = typeof(BenchProgram).Assembly.GetName().Name!;

    /// <summary>Its file. The program that uses it, which may be a test, has it in its own folder.</summary>
    public static string Path { get; } = System.IO.Path.Combine(AppContext.BaseDirectory, $"{Name}.dll");

    public static Task<int> RunAsync(string[] args, Output output) =>
        // By its whole name: a package of the benchmarks has a namespace of that name.
        Cli.CommandLine.RunAsync(BenchCommand.Create(output), "qlearn bench", args, output);
}
