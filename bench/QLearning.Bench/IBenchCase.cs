using System.CommandLine;
using QLearning.Bench.Report;

namespace QLearning.Bench;

/// <summary>One benchmark: a subcommand of <c>qlearn bench</c>.</summary>
internal interface IBenchCase
{
    /// <summary>The name of the subcommand.</summary>
    string Name { get; }

    /// <summary>What is measured, in one line.</summary>
    string Description { get; }

    /// <summary>The case's own options.</summary>
    IReadOnlyList<Option> Options { get; }

    /// <summary>Measures.</summary>
    /// <param name="given">The values of the options.</param>
    /// <param name="progress">Says what is being done, a line each.</param>
    /// <param name="cancellationToken">Ends the run.</param>
    Task<BenchReport> RunAsync(ParseResult given, Action<string> progress, CancellationToken cancellationToken);
}
